"""DuckDB: the card table to codes scaled to [0, 1], and to CSV. An enum type per column gives codes
without losing the order of the rows, which joins and window functions would."""
import numpy as np

import duckdb

PACKAGE = "duckdb"


def load(path, threads):
    database = duckdb.connect(config={"threads": threads})
    database.execute("create or replace table cards as select * from read_csv(?, header = true, nullstr = '', "
                     "types = {'Time': 'VARCHAR', 'Zip': 'DOUBLE', 'Merchant Name': 'BIGINT', 'Is Fraud?': 'VARCHAR', "
                     "'Amount': 'VARCHAR'})", [path])
    return database


def encode(database, threads):
    names = [row[0] for row in database.execute("select column_name from (describe cards)").fetchall()]
    selected = []
    for j, name in enumerate(names):
        if name == "Amount":
            low, high, mean = database.execute(
                'select min(v), max(v), avg(v) from (select substr("Amount", 2)::double v from cards)').fetchone()
            selected.append(f'((coalesce(substr("Amount", 2)::double, {mean!r}) - {low!r}) / {high - low!r})::float c{j}')
            continue
        database.execute(f'drop type if exists kind{j}')
        database.execute(f'create type kind{j} as enum (select v::varchar from (select distinct "{name}" v from cards '
                         f'where "{name}" is not null) order by v)')
        labels, missing = database.execute(
            f'select (select len(enum_range(null::kind{j}))), (select count(*) - count("{name}") from cards)').fetchone()
        highest = max(labels if missing else labels - 1, 1)
        selected.append(f'(coalesce(enum_code("{name}"::varchar::kind{j}), {labels})::double / {highest})::float c{j}')
    columns = database.execute(f"select {', '.join(selected)} from cards").fetchnumpy()
    matrix = np.empty((len(columns["c0"]), len(names)), np.float32)
    for j in range(len(names)):
        matrix[:, j] = columns[f"c{j}"]
    return matrix


def write(database, path, threads):
    database.execute(f"copy cards to '{path}' (header, delimiter ',')")


def head(database, rows):
    database.execute(f"create or replace table cards as select * from cards limit {rows}")
    return database
