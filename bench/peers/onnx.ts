import { contend } from "./contender.js";
import { onnxModel } from "./onnx-model.js";

/** The part of onnxruntime-web used here; the package is no dependency. */
interface OnnxRuntime {
  readonly env: { readonly wasm: { numThreads: number }; readonly versions: { readonly web?: string } };
  readonly InferenceSession: {
    create(
      model: Uint8Array,
      options: object,
    ): Promise<{
      run(feeds: Record<string, unknown>): Promise<Record<string, { readonly data: Float32Array }>>;
    }>;
  };
  readonly Tensor: new (type: "float32", data: Float32Array, dims: readonly number[]) => unknown;
}

await contend(async ({ shape, threads }, problem) => {
  const name = "onnxruntime-web";
  const runtime = (await import(name)) as OnnxRuntime;
  runtime.env.wasm.numThreads = threads === "auto" ? 0 : threads;
  const session = await runtime.InferenceSession.create(await onnxModel(shape, problem), {
    executionProviders: ["wasm"],
    graphOptimizationLevel: "all",
  });
  const { batch, timesteps, features } = shape;
  // The operator's default layout is time-major; it is given its own.
  const timeMajor = new Float32Array(problem.x.length);
  for (let n = 0; n < batch; n++) {
    for (let t = 0; t < timesteps; t++) {
      const row = problem.x.subarray((n * timesteps + t) * features, (n * timesteps + t + 1) * features);
      timeMajor.set(row, (t * batch + n) * features);
    }
  }
  const x = new runtime.Tensor("float32", timeMajor, [timesteps, batch, features]);
  return {
    engine: `onnxruntime-web ${runtime.env.versions.web ?? ""} wasm, ${threads === 1 ? "1 thread" : `threads ${threads}`}`,
    predict: async () => (await session.run({ x })).y!.data,
  };
});
