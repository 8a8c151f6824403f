#pragma once

/// The encodings of the language's and the standard library's types.
#include <chorus/runtime/codec/types/associative.hpp>
#include <chorus/runtime/codec/types/choice.hpp>
#include <chorus/runtime/codec/types/chrono.hpp>
#include <chorus/runtime/codec/types/product.hpp>
#include <chorus/runtime/codec/types/scalar.hpp>
#include <chorus/runtime/codec/types/sequence.hpp>
#include <chorus/runtime/codec/types/unordered.hpp>
