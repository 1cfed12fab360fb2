import { ShapeError } from "../../errors.js";
import { addActivityGradient } from "../../layers/activity.js";
import type { Layer, LayerOptions, SampleShape } from "../../layers/layer.js";
import { SeveralInputsLayer } from "../../layers/several-inputs-layer.js";
import type { Signal } from "../../layers/signal.js";
import { passTo, type Stage } from "../../layers/stage.js";
import type { Variable } from "../../layers/variable.js";
import type { Workspace } from "../../layers/workspace.js";
import { describeShape } from "../../tensor.js";
import type { LayerSet } from "../layer-set.js";

/** A model as a layer of another one. */
export class ModelLayer extends SeveralInputsLayer {
  readonly kind = "model";
  readonly defaultName: string;
  #shapes: readonly SampleShape[] = [];

  /** @param name the model's, where it has one of its own. */
  constructor(
    readonly topology: LayerSet,
    defaultName: string,
    name: string | undefined,
    readonly describe: () => Record<string, unknown>,
  ) {
    const { inputShape, batchSize } = topology;
    super("model()", { name, inputShape, batchSize } as LayerOptions, []);
    this.defaultName = defaultName;
  }

  override get vocabularySize(): number | undefined {
    return this.topology.inputs[0]?.vocabularySize;
  }

  override get furtherShapes(): readonly SampleShape[] {
    return this.#shapes.slice(1);
  }

  override get trainable(): boolean {
    return this.topology.all.some(({ trainable }) => trainable);
  }

  override set trainable(value: boolean) {
    for (const layer of this.topology.all) layer.trainable = value;
  }

  override get learning(): readonly Variable[] {
    return [...this.topology.learning];
  }

  override get weightNames(): readonly string[] {
    const names = new Map<Variable, string>();
    for (const layer of this.topology.all) {
      const own = layer.weightNames;
      layer.variables.forEach((variable, i) => {
        if (!names.has(variable)) names.set(variable, `${this.name}/${own[i]!}`);
      });
    }
    return this.variables.map((variable) => names.get(variable)!);
  }

  override get statefulParts(): readonly Layer[] {
    return this.topology.all.flatMap(({ statefulParts }) => statefulParts);
  }

  protected connectAll(inputShapes: readonly SampleShape[]): SampleShape {
    const { topology } = this;
    if (topology.inputShape === undefined) topology.buildFrom(inputShapes[0]!);
    const { inputs } = topology;
    const fits =
      inputs.length === inputShapes.length &&
      inputs.every(({ shape }, i) => {
        const given = inputShapes[i]!;
        return (
          given.length === shape.length &&
          shape.every((extent, axis) => extent === null || given[axis] === null || extent === given[axis])
        );
      });
    if (!fits) {
      const listed = (shapes: readonly SampleShape[]): string =>
        shapes.map((shape) => describeShape([null, ...shape])).join(", ");
      const wanted = inputs.map(({ shape }) => shape);
      throw new ShapeError(
        `\`${this.name}\` (a model) takes ${listed(wanted)}, got ${listed(inputShapes)}.`,
        { received: inputShapes, expected: wanted },
      );
    }
    this.variables = [...new Set(topology.all.flatMap(({ variables }) => variables))];
    this.#shapes = topology.shapesFor(inputShapes);
    return this.#shapes[0]!;
  }

  stageAll(inputs: readonly Signal[], workspace: Workspace): Stage {
    const { stages, outputs } = this.topology.layOut(inputs, workspace);
    const { memory } = workspace;
    stages.forEach((stage, place) => {
      stage.adapt ??= (pass) => ({ ...pass, seeds: (layer, own = layer.seed) => pass.seedsOf(place, own) });
    });
    return {
      layer: this,
      output: outputs[0]!,
      outputs,
      inner: stages,
      forward(pass) {
        for (const stage of stages) stage.forward(passTo(stage, pass));
      },
      backward(pass) {
        for (const stage of [...stages].reverse()) {
          addActivityGradient(stage, memory, pass.batch);
          stage.backward(passTo(stage, pass));
        }
      },
    };
  }

  /** As a layer of a chain: its random masks are its own. */
  override stage(input: Signal, workspace: Workspace): Stage {
    const stage = this.stageAll([input], workspace);
    stage.adapt = (pass) => ({
      ...pass,
      seedsOf: (inner, own) => pass.seedsOf(`${this.name}/${inner}`, own),
    });
    return stage;
  }

  protected ownConfig(): Record<string, unknown> {
    return { ...this.describe(), name: this.name };
  }
}
