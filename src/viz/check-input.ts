import { ConfigError } from "../errors.js";
import type { GradientFlow, LayerFlow, RecordedGradientFlow, Trace } from "../inspect/index.js";

const got = (value: unknown): string =>
  value === null ? "null" : Array.isArray(value) ? "an array" : typeof value;

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

function expect(where: string, isRight: boolean, value: unknown, expected: string): void {
  if (!isRight)
    throw new ConfigError(`${where}: expected ${expected}, got ${got(value)}.`, { received: value });
}

/** @throws ConfigError for what is no flow: a promise that was not awaited, above all. */
export function checkFlow(where: string, flow: GradientFlow): void {
  const isRight = isObject(flow) && Array.isArray(flow.layers);
  expect(where, isRight, flow, "a flow, such as await model.gradientFlow(x, y)");
}

/** @throws ConfigError */
export function checkFlows(where: string, flows: readonly RecordedGradientFlow[]): void {
  const isRight = Array.isArray(flows) && flows.every((recorded) => isObject(recorded?.flow));
  expect(where, isRight, flows, "recorded flows, such as the `flows` of a gradientFlowRecorder()");
}

/** @throws ConfigError */
export function checkLayerFlow(where: string, layer: LayerFlow): void {
  const isRight = isObject(layer) && typeof layer.name === "string";
  expect(where, isRight, layer, "one layer of a flow, such as (await model.gradientFlow(x, y)).layers[0]");
}

/** @throws ConfigError */
export function checkTrace(where: string, trace: Trace): void {
  const isRight = isObject(trace) && isObject(trace.gates);
  expect(where, isRight, trace, "what trace(model, sequence) returns");
}

/** @throws ConfigError */
export function checkCurves(
  where: string,
  curves: readonly { name: string; values: ArrayLike<number> }[],
): void {
  const isRight =
    Array.isArray(curves) &&
    curves.every(
      (curve) =>
        typeof curve?.name === "string" && (Array.isArray(curve.values) || ArrayBuffer.isView(curve.values)),
    );
  expect(where, isRight, curves, 'curves, such as [{ name: "lstm", values: layer.hiddenGradient }]');
}
