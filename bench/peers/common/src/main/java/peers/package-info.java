/**
 * The harness: {@link peers.Bench} starts one {@link peers.Worker} process for each peer and number
 * of threads; a worker drives one {@link peers.Runner}.
 */
package peers;
