// SPDX-License-Identifier: Apache-2.0
// The operators' schemas, word for word: programs that call them by name depend on each.
#include <ATen/core/dispatch/Dispatcher.h>
#include <gtest/gtest.h>

namespace dyt::ops::test {
namespace {

struct SchemaRow {
  const char *name, *overload, *schema;
};

const SchemaRow kSchemas[] = {
    {"dyt::pointwise", "",
     "dyt::pointwise(Tensor x, Tensor alpha, Tensor? shift, Tensor? weight, Tensor? bias, str "
     "function, int channel_dim=-1, bool exact=False) -> Tensor"},
    {"dyt::pointwise_", "",
     "dyt::pointwise_(Tensor(a!) x, Tensor alpha, Tensor? shift, Tensor? weight, Tensor? bias, str "
     "function, int channel_dim=-1, bool exact=False) -> ()"},
    {"dyt::pointwise", "out",
     "dyt::pointwise.out(Tensor x, Tensor alpha, Tensor? shift, Tensor? weight, Tensor? bias, str "
     "function, int channel_dim=-1, bool exact=False, *, Tensor(a!) out) -> ()"},
    {"dyt::pointwise_add", "",
     "dyt::pointwise_add(Tensor x, Tensor residual, Tensor alpha, Tensor? shift, Tensor? weight, "
     "Tensor? bias, str function, int channel_dim=-1, bool exact=False) -> (Tensor, Tensor)"},
    {"dyt::pointwise_add_", "",
     "dyt::pointwise_add_(Tensor(a!) x, Tensor(b!) residual, Tensor alpha, Tensor? shift, Tensor? "
     "weight, Tensor? bias, str function, int channel_dim=-1, bool exact=False) -> ()"},
    {"dyt::pointwise_backward", "",
     "dyt::pointwise_backward(Tensor grad_output, Tensor x, Tensor alpha, Tensor? shift, Tensor? "
     "weight, str function, int channel_dim, bool[5] mask, Tensor? grad_sum=None, bool "
     "exact=False) -> (Tensor, Tensor, Tensor, Tensor, Tensor)"},
    {"dyt::pointwise_double_backward", "",
     "dyt::pointwise_double_backward(Tensor? tangent_x, Tensor? tangent_alpha, Tensor? "
     "tangent_shift, Tensor? tangent_weight, Tensor? tangent_bias, Tensor grad_output, Tensor x, "
     "Tensor alpha, Tensor? shift, Tensor? weight, str function, int channel_dim) -> (Tensor, "
     "Tensor, Tensor, Tensor, Tensor)"},
    {"dyt::norm", "",
     "dyt::norm(Tensor x, Tensor? weight, Tensor? bias, str kind, float eps) -> (Tensor, Tensor, "
     "Tensor)"},
    {"dyt::norm_add", "",
     "dyt::norm_add(Tensor x, Tensor residual, Tensor? weight, Tensor? bias, str kind, float eps) "
     "-> (Tensor, Tensor, Tensor, Tensor)"},
    {"dyt::norm_backward", "",
     "dyt::norm_backward(Tensor grad_output, Tensor x, Tensor? weight, Tensor mean, Tensor rstd, "
     "Tensor parameter, str kind, bool[3] mask, Tensor? grad_sum=None) -> (Tensor, Tensor, "
     "Tensor)"},
};

TEST(Schema, OfEveryOperator) {
  for (const SchemaRow& row : kSchemas) {
    const auto handle = c10::Dispatcher::singleton().findSchemaOrThrow(row.name, row.overload);
    EXPECT_EQ(c10::toString(handle.schema()), row.schema);
  }
}

}  // namespace
}  // namespace dyt::ops::test
