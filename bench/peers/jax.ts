import { contend } from "./contender.js";
import { weightsOf } from "./problem.js";

/** The part of jax-js used here; the package is no dependency. Arrays are moved: each use but the last takes `.ref`. */
interface JaxArray {
  readonly ref: JaxArray;
  add(other: JaxArray): JaxArray;
  mul(other: JaxArray): JaxArray;
  sub(other: JaxArray): JaxArray;
  reshape(shape: number[]): JaxArray;
  data(): Promise<Float32Array>;
  dispose(): void;
}
type Loss = (...weights: JaxArray[]) => JaxArray;
interface Jax {
  init(...devices: string[]): Promise<string[]>;
  defaultDevice(device: string): string;
  readonly numpy: {
    array(data: Float32Array, options: { shape: number[] }): JaxArray;
    zeros(shape: number[]): JaxArray;
    split(array: JaxArray, count: number, axis: number): JaxArray[];
    matmul(a: JaxArray, b: JaxArray): JaxArray;
    tanh(x: JaxArray): JaxArray;
    mean(x: JaxArray): JaxArray;
  };
  readonly nn: { sigmoid(x: JaxArray): JaxArray };
  jit<F>(run: F): F;
  valueAndGrad(run: Loss, options: { argnums: number[] }): (...all: JaxArray[]) => [JaxArray, JaxArray[]];
  blockUntilReady(tree: unknown): Promise<unknown>;
}

await contend(async ({ shape }, problem) => {
  const name = "@jax-js/jax";
  const jax = (await import(name)) as Jax;
  await jax.init("wasm");
  jax.defaultDevice("wasm");
  const { numpy: np, nn } = jax;
  const { batch, timesteps, features, units } = shape;

  /** The steps are written out: this version has no scan. */
  const output = (weights: JaxArray[], steps: JaxArray[]): JaxArray => {
    let sequence = steps;
    units.forEach((width, layer) => {
      const [kernel, recurrent, bias] = weights.slice(3 * layer, 3 * layer + 3) as [
        JaxArray,
        JaxArray,
        JaxArray,
      ];
      let h = np.zeros([batch, width]);
      let c = np.zeros([batch, width]);
      sequence = sequence.map((x) => {
        const z = np.matmul(x, kernel.ref).add(np.matmul(h, recurrent.ref)).add(bias.ref);
        const [i, f, g, o] = np.split(z, 4, 1) as [JaxArray, JaxArray, JaxArray, JaxArray];
        c = nn
          .sigmoid(f)
          .mul(c)
          .add(nn.sigmoid(i).mul(np.tanh(g)));
        h = nn.sigmoid(o).mul(np.tanh(c.ref));
        return h.ref;
      });
      for (const rest of [h, c, kernel, recurrent, bias]) rest.dispose();
      for (const step of layer === units.length - 1 ? sequence.slice(0, -1) : []) step.dispose();
    });
    const [kernel, bias] = weights.slice(-2) as [JaxArray, JaxArray];
    return np.matmul(sequence.at(-1)!, kernel).add(bias);
  };

  const weights = weightsOf(problem).map(({ shape: form, data }) => np.array(data, { shape: form }));
  const steps = Array.from({ length: timesteps }, (_, t) => {
    const rows = new Float32Array(batch * features);
    for (let n = 0; n < batch; n++) {
      rows.set(
        problem.x.subarray((n * timesteps + t) * features, (n * timesteps + t + 1) * features),
        n * features,
      );
    }
    return np.array(rows, { shape: [batch, features] });
  });
  const y = np.array(problem.y, { shape: [batch, 1] });
  const count = weights.length;
  const refs = (arrays: readonly JaxArray[]): JaxArray[] => arrays.map((array) => array.ref);

  const predict = jax.jit((...all: JaxArray[]) => output(all.slice(0, count), all.slice(count)));
  const loss: Loss = (...all) => {
    const error = output(all.slice(0, count), all.slice(count, -1)).sub(all.at(-1)!);
    return np.mean(error.ref.mul(error));
  };
  const gradient = jax.jit(jax.valueAndGrad(loss, { argnums: weights.map((_, i) => i) }));
  return {
    engine: "jax-js 0.1 wasm, gradient alone",
    predict: async () => predict(...refs(weights), ...refs(steps)).data(),
    train: async () => {
      const [value, gradients] = gradient(...refs(weights), ...refs(steps), y.ref);
      await jax.blockUntilReady(gradients);
      for (const array of gradients) array.dispose();
      return (await value.data())[0]!;
    },
  };
});
