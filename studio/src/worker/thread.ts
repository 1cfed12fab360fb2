/** The file of the engine's worker: a policy without blob: wants one. */
import "gateflow/worker";
