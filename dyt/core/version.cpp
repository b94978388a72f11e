// SPDX-License-Identifier: Apache-2.0
#include "dyt/core/version.h"

namespace dyt::core {

const char* const kVersion = DYT_PROJECT_VERSION;

}  // namespace dyt::core
