# SPDX-License-Identifier: Apache-2.0
# cmake -D INPUT=file -D OUTPUT=file.cpp -D LAYER=data -D FUNCTION=name -P embed_file.cmake
#
# Writes a C++ file with the input's bytes, behind `std::string_view dyt::LAYER::name()`, which dyt/LAYER/internal/embedded.h declares.
file(READ ${INPUT} hex HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
string(REGEX REPLACE "(0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,)"
       "\\1\n" bytes "${bytes}")
get_filename_component(name ${INPUT} NAME)
file(WRITE ${OUTPUT} "// ${name} as bytes; written by embed_file.cmake.
#include \"dyt/${LAYER}/internal/embedded.h\"

namespace dyt::${LAYER} {
namespace {

constexpr unsigned char kBytes[] = {
${bytes}};

}  // namespace

std::string_view ${FUNCTION}() {
  return {reinterpret_cast<const char*>(kBytes), sizeof(kBytes)};
}

}  // namespace dyt::${LAYER}
")
