"""Prints what scikit-learn's boosted trees reach on the tables of boosted_trees_test.cpp.

    pip install scikit-learn==1.9.1; python tests/evaluate/make_boosting_figures.py
"""
import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score

ROWS, TRAINING = 3000, 2000


def table(kind):
    state, rows, classes = 12345, [], []
    for _ in range(ROWS):
        values = []
        for _ in range(5):
            state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
            values.append((state >> 40) / 2**24)
        a, b, c, noise, missing = values
        score = {"product": a * b + 0.2 * noise, "apart": abs(a - b) + 0.1 * noise,
                 "nothing": noise}[kind]
        limit = {"product": 0.33, "apart": 0.35, "nothing": 0.5}[kind]
        rows.append([a, b, np.nan if missing < 0.1 else c])
        classes.append(int(score > limit))
    return np.array(rows), np.array(classes)


for kind in ("product", "apart", "nothing"):
    x, y = table(kind)
    model = HistGradientBoostingClassifier(max_iter=120, learning_rate=0.1, early_stopping=False)
    model.fit(x[:TRAINING], y[:TRAINING])
    print(kind, roc_auc_score(y[TRAINING:], model.predict_proba(x[TRAINING:])[:, 1]))
