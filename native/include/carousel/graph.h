/* Work that is recorded once and enqueued many times: CUDA graphs by stream capture. */
#ifndef CAROUSEL_GRAPH_H
#define CAROUSEL_GRAPH_H
#include "carousel/status.h"
#ifdef __cplusplus
extern "C" {
#endif

/* A recorded graph, ready to be launched. Its nodes keep the addresses and numbers that they were recorded with. */
typedef void *carousel_graph;

/*
 * From now on work on `stream` (and on streams that wait for it) is recorded, not run. Relaxed capture mode: other
 * threads and streams go on as before. The stream is one that was made, not NULL.
 */
carousel_status carousel_graph_begin(carousel_stream stream);

/*
 * Ends recording. Streams that were taken along must have been waited for. After a failure there is no graph, and the
 * stream works again.
 *
 *   graph  of the host, overwritten: the caller destroys it
 *   nodes  of the host, overwritten: number of nodes
 */
carousel_status carousel_graph_end(carousel_stream stream, carousel_graph *graph, int64_t *nodes);

/* Ends recording and drops what was recorded, after a failure between begin and end; does nothing without recording. */
carousel_status carousel_graph_abandon(carousel_stream stream);

/* Enqueues one run on any stream. Memory that the nodes name must be valid until it has ended. */
carousel_status carousel_graph_launch(carousel_graph graph, carousel_stream stream);

/* Gives it back; runs under way go on. */
carousel_status carousel_graph_destroy(carousel_graph graph);

#ifdef __cplusplus
}
#endif
#endif
