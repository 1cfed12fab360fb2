import type { Engine } from "../../engine/engine.js";
import { StateError } from "../../errors.js";
import type { Owner } from "../../layers/owner.js";
import type { Variable } from "../../layers/variable.js";
import { Packed } from "../../layers/workspace.js";
import type { ParameterBlock } from "../../optimizers/parameter-block.js";
import type { Topology } from "../topology.js";
import { Plan, type PlanRequest, type Wanted } from "./plan.js";
import { Regions } from "./regions.js";

/** Floats a weight takes in the parameter block: whole vectors, the rest zero. */
const padded = (size: number): number => Math.ceil(size / 4) * 4;

/** Frees the memory of a model that was forgotten instead of disposed. */
const forgotten = new FinalizationRegistry<Set<Regions>>((held) => {
  for (const regions of held) regions.release();
});

/** Where a model lives in its engine's memory: parameters, what stages share, and the plans made so far. */
export class ModelMemory {
  readonly parameters: ParameterBlock;
  /** The weights training changes, in the order of the parameter block. */
  readonly learning: readonly Variable[];
  /** Counts up whenever weights change. */
  weightsVersion = 0;
  /** What found no room, after that happened. */
  wanted: Wanted | undefined;
  readonly #topology: Topology;
  readonly #own: Regions;
  readonly #held: Set<Regions>;
  readonly #slots = new Set<Regions>();
  readonly #weights = new Map<Variable, number>();
  /** Weights that another model has taken. */
  readonly #away = new Set<Variable>();
  readonly #gradients = new Map<Variable, number>();
  readonly #shared = new Map<Owner, Map<string, number>>();
  readonly #packed = new Map<Owner, Map<string, Packed>>();
  readonly #scratch = new Map<string, number>();
  readonly #plans = new Map<string, Plan>();

  /**
   * @param model what the memory is for: when it is garbage, the memory is given back.
   * @param learning the weights training changes.
   */
  constructor(
    readonly engine: Engine,
    topology: Topology,
    readonly model: object,
    learning: ReadonlySet<Variable>,
  ) {
    this.#topology = topology;
    this.#own = new Regions(engine);
    this.#held = new Set([this.#own]);
    forgotten.register(model, this.#held, this);

    // Layers may share weights.
    const all = [...new Set(topology.all.flatMap(({ variables }) => variables))];
    const trainable = all.filter((variable) => learning.has(variable));
    const frozen = all.filter((variable) => !learning.has(variable));
    const count = trainable.reduce((sum, { size }) => sum + padded(size), 0);
    const frozenCount = frozen.reduce((sum, { size }) => sum + padded(size), 0);
    const weights = this.#own.take("parameters", "weights", count + frozenCount);
    let gradients: number;
    try {
      gradients = this.#own.take("parameters", "gradients", count);
    } catch (error) {
      this.release();
      throw error;
    }
    this.learning = trainable;
    let offset = 0;
    for (const variable of [...trainable, ...frozen]) {
      const address = weights + offset * 4;
      this.#weights.set(variable, address);
      this.#take(variable);
      if (offset < count) this.#gradients.set(variable, gradients + offset * 4);
      offset += padded(variable.size);
    }
    this.parameters = {
      kernels: engine.kernels,
      memory: engine.memory,
      weights,
      gradients,
      count,
      takeSlots: (floats) => {
        const slots = new Regions(engine);
        const address = slots.take("optimizer", "moments", floats);
        this.#held.add(slots);
        this.#slots.add(slots);
        return {
          address,
          release: () => {
            this.#held.delete(slots);
            this.#slots.delete(slots);
            slots.release();
          },
        };
      },
      parameters: trainable.map((variable) => ({
        weights: this.#weights.get(variable)!,
        gradients: this.#gradients.get(variable)!,
        size: variable.size,
      })),
    };
  }

  /** Weights live in the memory of the model that used them last: those that others have taken come back. */
  bringHome(): void {
    if (this.#away.size === 0) return;
    for (const variable of this.#away) this.#take(variable);
    this.#away.clear();
    this.weightsVersion += 1;
  }

  #take(variable: Variable): void {
    variable.moveInto({
      memory: this.engine.memory,
      address: this.#weights.get(variable)!,
      keeper: this.model,
      written: () => {
        this.weightsVersion += 1;
      },
      left: () => void this.#away.add(variable),
    });
  }

  /** Whether these are the weights that training changes here. */
  trains(learning: ReadonlySet<Variable>): boolean {
    return (
      this.learning.length === learning.size && this.learning.every((variable) => learning.has(variable))
    );
  }

  /** Takes weights out of this memory, which is about to be given back. */
  evacuate(): void {
    for (const variable of this.#weights.keys()) if (!this.#away.has(variable)) variable.moveOut();
  }

  weights(variable: Variable): number {
    this.bringHome();
    return this.#weights.get(variable)!;
  }

  gradients(variable: Variable): number {
    return this.#gradients.get(variable) ?? 0;
  }

  shared(owner: Owner, label: string, floats: number): number {
    const ofLayer = this.#shared.get(owner) ?? new Map<string, number>();
    this.#shared.set(owner, ofLayer);
    let address = ofLayer.get(label);
    if (address === undefined) {
      address = this.#own.take(owner.name, label, floats);
      ofLayer.set(label, address);
    }
    return address;
  }

  /** Room for a copy of all trainable weights, in their layout; taken when first asked for. */
  scratch(label: string): number {
    const known = this.#scratch.get(label);
    if (known !== undefined) return known;
    const address = this.#own.take("parameters", label, this.parameters.count);
    this.#scratch.set(label, address);
    return address;
  }

  packed(owner: Owner, label: string): Packed {
    const ofLayer = this.#packed.get(owner) ?? new Map<string, Packed>();
    this.#packed.set(owner, ofLayer);
    const packed = ofLayer.get(label) ?? new Packed();
    ofLayer.set(label, packed);
    return packed;
  }

  /**
   * The plan for a purpose, laid out anew (and larger) when the one there is does not serve.
   * @throws StateError after `release`: a call that was running then ends at its next batch, before it writes into memory
   *   that is somebody else's by now.
   */
  plan(purpose: string, request: PlanRequest): Plan {
    if (this.#held.size === 0 || this.engine.disposed) {
      throw new StateError("This model was disposed, or its engine.");
    }
    const existing = this.#plans.get(purpose);
    if (existing?.serves(request)) return existing;
    let wanted = request;
    if (existing !== undefined) {
      existing.regions.release();
      this.#held.delete(existing.regions);
      this.#plans.delete(purpose);
      wanted = {
        ...request,
        batch: Math.max(request.batch, existing.request.batch),
        inputs: request.inputs.map((input, i) => ({
          ...input,
          timesteps: Math.max(input.timesteps, existing.request.inputs[i]!.timesteps),
        })),
      };
    }
    this.wanted = { purpose, request: wanted, Plan, Packed };
    const plan = new Plan(this, this.#topology, wanted, purpose);
    this.wanted = undefined;
    this.#plans.set(purpose, plan);
    this.#held.add(plan.regions);
    return plan;
  }

  /** Every region, plan by plan, as a table. */
  describe(): string {
    const lines: string[] = [];
    let total = 0;
    const row = (name: string, address: unknown, bytes: unknown): void => {
      lines.push(name.padEnd(44) + String(address).padStart(12) + String(bytes).padStart(14));
    };
    row("region", "address", "bytes");
    const section = (title: string, { list }: Regions): void => {
      lines.push(`${title}:`);
      for (const { owner, label, address, floats } of list) {
        row(`  ${owner} · ${label}`, address, floats * 4);
        total += floats * 4;
      }
    };
    section("model", this.#own);
    for (const slots of this.#slots) section("optimizer", slots);
    for (const [purpose, plan] of this.#plans) {
      section(
        `${purpose} (batch ${plan.batch}, ${plan.request.inputs.map(({ timesteps }) => timesteps).join(" and ")} time steps)`,
        plan.regions,
      );
    }
    row("total", "", total);
    return lines.join("\n");
  }

  /** Gives everything back. */
  release(): void {
    forgotten.unregister(this);
    for (const regions of this.#held) regions.release();
    this.#held.clear();
    this.#plans.clear();
  }
}
