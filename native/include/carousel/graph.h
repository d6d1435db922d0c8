/* Work that is recorded once and enqueued many times: CUDA graphs by stream capture. */
#ifndef CAROUSEL_GRAPH_H
#define CAROUSEL_GRAPH_H
#include "carousel/status.h"
#ifdef __cplusplus
extern "C" {
#endif

/* A recorded graph, ready to be launched. */
typedef void *carousel_graph;

/* From now on work on `stream` (and on streams that wait for it) is recorded, not run. Relaxed capture mode. */
carousel_status carousel_graph_begin(carousel_stream stream);

/* Ends recording; *graph is ready to launch, *nodes its number of nodes. After a failure there is no graph, and the stream works again. */
carousel_status carousel_graph_end(carousel_stream stream, carousel_graph *graph, int64_t *nodes);

/* Ends recording and drops what was recorded, after a failure between begin and end. */
carousel_status carousel_graph_abandon(carousel_stream stream);

/* Enqueues one run. */
carousel_status carousel_graph_launch(carousel_graph graph, carousel_stream stream);

/* Gives it back; runs under way go on. */
carousel_status carousel_graph_destroy(carousel_graph graph);

#ifdef __cplusplus
}
#endif
#endif
