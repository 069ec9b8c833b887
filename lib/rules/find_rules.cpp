#include "rules/find_rules.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

#include <cuvae/error.hpp>

#include "rules/numeric_columns.hpp"
#include "rules/propose.hpp"
#include "rules/resolve_stated.hpp"
#include "rules/settle.hpp"
#include "rules/stated_rule.hpp"
#include "rules/units.hpp"
#include "support/threads.hpp"
#include "text/display.hpp"

namespace cuvae {
namespace {

constexpr std::uint64_t rows_a_broken_one = 200;  // rules that fewer break are told
constexpr std::size_t most_notes = 10;
constexpr std::size_t most_rule_text = 200;

std::vector<std::string> names_of(const Table& table) {
  std::vector<std::string> names;
  for (const Column& column : table.columns) names.push_back(column.name);
  return names;
}

// One search of the table as it is.
class Search {
 public:
  Search(const Table& table, const RuleOptions& options, const std::set<std::uint32_t>& learned,
         unsigned threads, Monitor& monitor)
      : table_(table),
        options_(options),
        learned_(learned),
        threads_(threads),
        monitor_(monitor),
        names_(names_of(table)),
        sample_(rule_sample(table.rows)),
        columns_(numeric_columns(table, sample_, threads)),
        settled_(table.columns.size()),
        copied_(table.columns.size(), false),
        always_(table.columns.size()) {
    for (std::size_t c = 0; c < always_.size(); ++c) always_[c] = table.columns[c].missing == 0;
  }

  FoundRules run(const std::vector<StatedRule>& stated) {
    for (const StatedRule& rule : stated) state(rule);
    if (options_.find) find();
    FoundRules found;
    found.rules = settled_.ordered();
    set_bases(found.rules);
    if (notes_.size() > most_notes) {
      const std::size_t more = notes_.size() - most_notes;
      notes_.resize(most_notes);
      notes_.push_back(fmt::format("{} more rules hold in nearly all rows.", more));
    }
    found.notes = std::move(notes_);
    return found;
  }

 private:
  const Table& table_;
  const RuleOptions& options_;
  const std::set<std::uint32_t>& learned_;  // columns that can't be computed
  unsigned threads_;
  Monitor& monitor_;
  std::vector<std::string> names_;
  std::vector<std::uint32_t> sample_;
  std::vector<NumericColumn> columns_;
  SettledRules settled_;
  std::vector<bool> copied_;  // [columns] determined by one other column
  std::vector<bool> always_;  // [columns] without missing cells
  std::vector<std::string> notes_;

  std::vector<RuleCandidate> candidates() const {
    std::vector<RuleCandidate> result;
    for (const NumericColumn& column : columns_) {
      if (copied_[column.column] || column.distinct < 2) continue;
      result.push_back(
          {&column, !learned_.contains(column.column) && !settled_.is_target(column.column)});
    }
    return result;
  }

  void take_copy(const Rule& rule) {
    if (settled_.take(rule)) copied_[rule.target] = true;
  }

  void state(const StatedRule& stated) {
    const Proposal ways = resolve_stated(stated, table_, columns_);
    const Rule& first = ways.front();
    if (first.is != Rule::Is::copy) check_stated(stated, ways);
    if (learned_.contains(first.target) && first.is != Rule::Is::copy) {
      throw Error(ErrorKind::usage,
                  fmt::format("the rule {} computes column {}, whose cells are spelled in more "
                              "than one way; leave that rule out",
                              in_quotes(stated.text), in_quotes(stated.target)));
    }
    const auto way = std::find_if(ways.begin(), ways.end(), [&](const Rule& rule) {
      return rule.is == Rule::Is::copy || check(rule, 0).broken == 0;
    });
    const bool taken =
        has_part(*way) ? settled_.take_bound(*way, always_, false) : settled_.take(*way);
    if (!taken) {
      throw Error(ErrorKind::usage,
                  fmt::format("the rule {} computes column {}, which another rule computes or "
                              "which this one's columns are computed from; leave one of them out",
                              in_quotes(stated.text), in_quotes(stated.target)));
    }
    copied_[way->target] = copied_[way->target] || way->sources.size() == 1;
    if (has_part(*way)) copied_[way->target] = false;
  }

  RuleCheck check(const Rule& rule, std::uint64_t most_broken) const {
    return check_rules({rule}, columns_, table_.rows, most_broken, threads_).front();
  }

  void check_stated(const StatedRule& stated, const Proposal& ways) const {
    const auto checks = check_rules(ways, columns_, table_.rows, table_.rows, threads_);
    const auto best =
        std::min_element(checks.begin(), checks.end(),
                         [](const auto& a, const auto& b) { return a.broken < b.broken; });
    if (best->broken == 0) return;
    throw Error(ErrorKind::data,
                fmt::format("the rule {} does not hold in {} of {} rows, first in row {}; correct "
                            "these rows or leave the rule out",
                            in_quotes(stated.text), best->broken, table_.rows, best->first + 1));
  }

  void find() {
    for (const Rule& rule : find_copies(table_, sample_, threads_)) take_copy(rule);
    monitor_.check();
    for (const Rule& rule : take_first(propose_linear(candidates(), threads_))) {
      copied_[rule.target] = true;
    }
    monitor_.check();
    take_first(propose_sums(candidates(), false));
    monitor_.check();
    take_first(propose_products(candidates(), threads_));
    monitor_.check();
    take_first(propose_sums(candidates(), true));
    monitor_.check();
    find_bounds();
  }

  // Takes of each proposal the first rule that all rows keep and that fits those taken before.
  std::vector<Rule> take_first(const std::vector<Proposal>& proposals) {
    std::vector<Rule> all;
    for (const Proposal& proposal : proposals) {
      all.insert(all.end(), proposal.begin(), proposal.end());
    }
    const auto checks =
        check_rules(all, columns_, table_.rows, table_.rows / rows_a_broken_one, threads_);
    std::vector<Rule> taken;
    std::size_t at = 0;
    for (const Proposal& proposal : proposals) {
      const RuleCheck* const own = checks.data() + at;
      at += proposal.size();
      bool holds = false;
      for (std::size_t i = 0; i < proposal.size(); ++i) {
        if (own[i].broken > 0) continue;
        holds = true;
        if (!settled_.take(proposal[i])) continue;
        taken.push_back(proposal[i]);
        break;
      }
      if (!holds && settled_.fits(proposal.front())) tell(proposal.front(), own[0]);
    }
    return taken;
  }

  void tell(const Rule& rule, const RuleCheck& check) {
    if (check.broken == 0 || check.broken > table_.rows / rows_a_broken_one) return;
    notes_.push_back(fmt::format(
        "{} holds in all but {} of {} rows (the first is row {}), so generated rows need not keep "
        "it; correct these rows to have it kept.",
        displayed(text(rule, names_), most_rule_text), check.broken, table_.rows, check.first + 1));
  }

  void find_bounds() {
    const std::vector<Rule> rules = propose_bounds(candidates(), threads_);
    const auto checks =
        check_rules(rules, columns_, table_.rows, table_.rows / rows_a_broken_one, threads_);
    for (std::size_t i = 0; i < rules.size(); ++i) {
      if (checks[i].broken == 0) {
        settled_.take_bound(rules[i], always_, true);
      } else if (settled_.fits(rules[i])) {
        tell(rules[i], checks[i]);
      }
    }
  }

  // What stands for the sources where all are missing.
  void set_bases(std::vector<Rule>& rules) const {
    std::vector<Rule> bounds;
    for (const Rule& rule : rules) {
      const bool always = std::any_of(rule.sources.begin(), rule.sources.end(),
                                      [&](std::uint32_t source) { return always_[source]; });
      if (has_part(rule) && !always) bounds.push_back(rule);
    }
    const auto checks = check_rules(bounds, columns_, table_.rows, table_.rows, threads_);
    for (std::size_t i = 0; i < bounds.size(); ++i) {
      const auto rule = std::find(rules.begin(), rules.end(), bounds[i]);
      rule->base = checks[i].base;
    }
  }
};

}  // namespace

FoundRules find_rules(Table& table, const RuleOptions& options, Monitor& monitor) {
  const unsigned threads = thread_count(options.threads);
  std::vector<StatedRule> stated;
  for (const std::string& rule : options.stated) {
    for (StatedRule& one : parse_rule(rule)) stated.push_back(std::move(one));
  }
  std::set<std::uint32_t> learned;
  std::vector<std::string> unspelled;
  std::map<std::uint32_t, Column> before;  // columns that got a spelling
  for (std::uint32_t c = 0; c < table.columns.size(); ++c) {
    const Column& column = table.columns[c];
    if (is_coded(column.kind) && column.kind != ColumnKind::ordinal) learned.insert(c);
  }
  for (;;) {
    FoundRules found = Search(table, options, learned, threads, monitor).run(stated);
    bool again = false;
    for (const Rule& rule : found.rules) {
      Column& target = table.columns[rule.target];
      if (rule.is == Rule::Is::copy || !is_coded(target.kind)) continue;
      Column original = target;
      if (give_spelling(target, table.storage)) {
        before.emplace(rule.target, std::move(original));
      } else {
        learned.insert(rule.target);
        unspelled.push_back(fmt::format(
            "{} holds in all rows, but column {} can't be computed: its cells are "
            "spelled in more than one way.",
            displayed(text(rule, names_of(table)), most_rule_text), in_quotes(target.name)));
      }
      again = true;
    }
    if (again) continue;
    found.notes.insert(found.notes.begin(), unspelled.begin(), unspelled.end());
    for (auto& [column, original] : before) {
      const std::uint32_t c = column;
      const bool used = std::any_of(found.rules.begin(), found.rules.end(), [c](const Rule& rule) {
        return rule.target == c ||
               std::find(rule.sources.begin(), rule.sources.end(), c) != rule.sources.end();
      });
      if (!used) table.columns[column] = std::move(original);
    }
    return found;
  }
}

}  // namespace cuvae
