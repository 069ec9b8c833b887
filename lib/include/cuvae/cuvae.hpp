/// @file
/// Everything: include this one, or the headers one by one.
#pragma once

#include <cuvae/arrow.hpp>
#include <cuvae/code_vector.hpp>
#include <cuvae/device.hpp>
#include <cuvae/error.hpp>
#include <cuvae/evaluate.hpp>
#include <cuvae/generate.hpp>
#include <cuvae/inspect.hpp>
#include <cuvae/matrix.hpp>
#include <cuvae/model.hpp>
#include <cuvae/monitor.hpp>
#include <cuvae/published_network.hpp>
#include <cuvae/report.hpp>
#include <cuvae/row_sink.hpp>
#include <cuvae/schema.hpp>
#include <cuvae/simulate.hpp>
#include <cuvae/storage.hpp>
#include <cuvae/table.hpp>
#include <cuvae/token_network.hpp>
#include <cuvae/tokenizer.hpp>
#include <cuvae/train.hpp>
