import { describe, expect, it } from "vitest";
import { type AttentionDescriptor, attentionFields } from "../../../src/engine/descriptors.js";
import { expectClose, kernelBuilds, randomValues } from "../../support/kernels.js";
import { padded } from "../../support/matrices.js";

const zero = Object.fromEntries(attentionFields.map((field) => [field, 0])) as unknown as AttentionDescriptor;

const forms = [
  { batch: 2, heads: 1, querySteps: 1, valueSteps: 1, keyDim: 1, valueDim: 1 },
  { batch: 3, heads: 2, querySteps: 5, valueSteps: 7, keyDim: 3, valueDim: 6 },
  { batch: 1, heads: 3, querySteps: 18, valueSteps: 9, keyDim: 8, valueDim: 17 },
  { batch: 2, heads: 2, querySteps: 4, valueSteps: 33, keyDim: 16, valueDim: 4 },
];

describe.each(await kernelBuilds())("attention ($name)", ({ kernels, arena }) => {
  it.each(forms)(
    "stays within its regions, has the softmax's mean, and the same bits in any pieces: %o",
    (form) => {
      const { batch, heads, querySteps, valueSteps, keyDim, valueDim } = form;
      const [keyHead, valueHead] = [padded(keyDim, 4), padded(valueDim, 4)];
      const [keyStride, valueStride] = [heads * keyHead, heads * valueHead];
      const square = querySteps * padded(valueSteps, 4);
      const units = batch * heads;
      const scratchFloats = kernels.attentionScratchFloats!(querySteps, valueSteps, keyDim, valueDim);
      const runs = [[units], [1, Math.ceil(units / 2), units]].map((pieces) => {
        const memory = arena();
        const query = memory.input(randomValues(querySteps * batch * keyStride, 1));
        const key = memory.input(randomValues(valueSteps * batch * keyStride, 2));
        const value = memory.input(randomValues(valueSteps * batch * valueStride, 3));
        const output = memory.output(querySteps * batch * valueStride);
        const weights = memory.output(units * square);
        const dOutput = memory.input(randomValues(querySteps * batch * valueStride, 4));
        const [dQuery, dKey, dValue] = [query, key, value].map(({ length }) => memory.output(length));
        const descriptor = memory.integers(
          attentionFields.map(
            (field) =>
              ({
                ...zero,
                ...form,
                query: query.ptr,
                queryStride: keyStride,
                queryHeadStride: keyHead,
                key: key.ptr,
                keyStride,
                keyHeadStride: keyHead,
                value: value.ptr,
                valueStride,
                valueHeadStride: valueHead,
                output: output.ptr,
                outputStride: valueStride,
                outputHeadStride: valueHead,
                attention: weights.ptr,
                keepsWeights: 1,
                scratch: memory.output(2 * scratchFloats).ptr,
                scratchFloats,
                dOutput: dOutput.ptr,
                dQuery: dQuery!.ptr,
                dKey: dKey!.ptr,
                dValue: dValue!.ptr,
              })[field],
          ),
        );
        for (const kernel of [kernels.attentionForward!, kernels.attentionBackward!]) {
          let from = 0;
          pieces.forEach((end, part) => {
            kernel(descriptor.ptr, from, Math.min(end, units), part % 2);
            from = Math.min(end, units);
          });
        }
        memory.verify();
        return {
          query,
          key,
          value,
          values: [output, weights, dQuery!, dKey!, dValue!].map((one) => one.values()),
        };
      });
      expect(runs[1]!.values).toEqual(runs[0]!.values);
      const { query, key, value, values } = runs[0]!;
      const [output, weights] = values as [Float32Array, Float32Array];
      const got: number[] = [];
      const expected: number[] = [];
      for (let n = 0; n < batch; n++)
        for (let h = 0; h < heads; h++)
          for (let t = 0; t < querySteps; t++) {
            const scores = Array.from({ length: valueSteps }, (_, s) => {
              let sum = 0;
              for (let k = 0; k < keyDim; k++) {
                sum +=
                  query.initial[(t * batch + n) * keyStride + h * keyHead + k]! *
                  key.initial[(s * batch + n) * keyStride + h * keyHead + k]!;
              }
              return sum;
            });
            const top = Math.max(...scores);
            const powers = scores.map((one) => Math.exp(one - top));
            const total = powers.reduce((sum, one) => sum + one, 0);
            powers.forEach((one, s) => {
              expected.push(one / total);
              got.push(weights[(n * heads + h) * square + t * padded(valueSteps, 4) + s]!);
            });
            for (let k = 0; k < valueDim; k++) {
              expected.push(
                powers.reduce(
                  (sum, one, s) =>
                    sum + (one / total) * value.initial[(s * batch + n) * valueStride + h * valueHead + k]!,
                  0,
                ),
              );
              got.push(output[(t * batch + n) * valueStride + h * valueHead + k]!);
            }
          }
      expectClose(got, expected, { absolute: 2e-6 });
    },
  );
});
