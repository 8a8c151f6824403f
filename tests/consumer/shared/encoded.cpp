#include <chorus/runtime/codec/codec.hpp>

#include <cstdlib>

/// Encodes and decodes a value: compiled functions of two libraries.
int main() {
  auto read = chorus::codec::decode<int>(chorus::codec::encode(7));
  return read && *read == 7 ? EXIT_SUCCESS : EXIT_FAILURE;
}
