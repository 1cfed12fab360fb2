import { describe, expect, it } from "vitest";
import { builtCore, builtGateflow } from "../support/built.js";

const x = [[[1], [2], [3]]];

describe("where gateflow is imported after gateflow/core has run", () => {
  it("models made from then on have all names and kernels, and those made before go on", async () => {
    const core = await builtCore();
    const early = core.sequential([core.lstm({ units: 2, inputShape: [3, 1] })], { seed: 1 });
    const before = await early.predict(x);
    const coreEngine = await core.createEngine({ threads: 1 });
    expect(() => core.lstm({ units: 2, kernelInitializer: "lecunNormal" })).toThrow(/gateflow\/core/);

    const { gru, lstm, sequential } = await builtGateflow();
    const late = sequential([gru({ units: 2, kernelInitializer: "lecunNormal", inputShape: [3, 1] })], {
      seed: 1,
    });
    expect((await late.predict(x)).shape).toEqual([1, 2]);
    const peeping = sequential([lstm({ units: 2, peepholes: true, inputShape: [3, 1] })], { seed: 1 });
    expect((await peeping.predict(x)).shape).toEqual([1, 2]);
    expect(await early.predict(x)).toEqual(before);

    // An engine does not change its kernels: what it has not is said by name.
    const misplaced = sequential([gru({ units: 2, inputShape: [3, 1] })], { engine: coreEngine });
    const error = await misplaced.predict(x).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(core.EngineError);
    expect((error as Error).message).toMatch(/gateflow\/core.*has no kernel gruPackKernel.*createEngine/);
    coreEngine.dispose();
  });
});
