/* The families of kernels; each function reports on those of one header or a part of it. */
#ifndef CAROUSEL_CHECK_SUITES_H
#define CAROUSEL_CHECK_SUITES_H

namespace check {

void check_rnn();
void check_lstm();
void check_gru();
void check_gru_reset_before();
void check_elementwise();
void check_functions();
void check_rows();
void check_dropout();
void check_sums();
void check_losses();
void check_attention();
void check_products();
void check_norms();
void check_optimizers();
void check_far_rows();
void check_refusals();
void check_graphs();
void check_statuses();
void check_persistent();
void check_replay();

}  // namespace check

#endif
