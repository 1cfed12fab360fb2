/** What the page and its workers say to each other. One worker trains, another one, of the same file, is the doctor. */
import type { Diagnosis, NamedTensor } from "gateflow";
import type { StudioRecipe } from "./recipe/studio-recipe.ts";

/** What somebody opened: numbers of a table, examples, or a model; kept by the page, handed to workers with the recipe. */
export interface OpenedFile {
  readonly name: string;
  /** Columns of a table; the first one is forecast, unless the recipe names another. */
  readonly rows?: number[][];
  readonly columns?: readonly string[];
  /** Examples of an archive. */
  readonly x?: { readonly shape: readonly number[]; readonly data: Float32Array };
  readonly y?: { readonly shape: readonly number[]; readonly data: Float32Array };
  /** The bytes of a model. */
  readonly model?: Uint8Array;
}

export interface Job {
  readonly recipe: StudioRecipe;
  readonly files: { readonly data?: OpenedFile; readonly model?: OpenedFile };
}

/** How far a training may go before it rests. */
export type Until =
  | { readonly kind: "epochs"; readonly epochs: number }
  | { readonly kind: "epoch" }
  | { readonly kind: "update" };

export type ExportKind =
  | "safetensors"
  | "keras"
  | "torch"
  | "onnx"
  | "tfjs"
  | "code"
  | "picture"
  | "page"
  | "weights";

export type ToWorker =
  | { readonly kind: "load"; readonly id: number; readonly job: Job }
  | { readonly kind: "run"; readonly until: Until }
  | { readonly kind: "pause" }
  | { readonly kind: "speed"; readonly updatesPerSecond: number }
  | { readonly kind: "probe"; readonly example: number }
  /** Whether anybody sees sequences and forecasts: what is not seen is not computed while it trains. */
  | { readonly kind: "watching"; readonly looks: boolean }
  | { readonly kind: "snapshot"; readonly id: number }
  | {
      readonly kind: "diagnose";
      readonly id: number;
      readonly job: Job;
      readonly trained: Trained | null;
      readonly stage: Stage;
      /** Of a sick case of the clinic: its healthy twin. */
      readonly cure: StudioRecipe | null;
    }
  | { readonly kind: "open"; readonly id: number; readonly name: string; readonly bytes: Uint8Array }
  | {
      readonly kind: "export";
      readonly id: number;
      readonly what: ExportKind;
      readonly job: Job;
      readonly recorded: Recorded;
    };

/** When the doctor looks: at the untrained model, while it trains, when it is done. */
export type Stage = "before" | "during" | "after";

/** A training that was, for the doctor. */
export interface Trained {
  readonly weights: readonly NamedTensor[];
  readonly history: Record<string, number[]>;
}

/** A diagnosis, and the recipe with the change it asks for; null where no machine can make it. */
export interface Finding extends Diagnosis {
  readonly remedied: StudioRecipe | null;
}

/** What the page has recorded, for pictures and pages made of it. */
export interface Recorded {
  readonly frames: readonly Frame[];
  readonly points: readonly LossPoint[];
  readonly look: Look | null;
  readonly findings: readonly Finding[];
}

export interface GateFrame {
  readonly name: string;
  readonly gradient: Float32Array;
  readonly mean: Float32Array;
  readonly saturated: Float32Array;
}

export interface LayerFrame {
  readonly name: string;
  readonly kind: string;
  readonly weights: readonly {
    readonly name: string;
    readonly norm: number;
    readonly gradientNorm: number;
    readonly clippedGradientNorm: number;
    readonly updateRatio: number;
  }[];
  readonly recurrent: {
    readonly hidden: Float32Array;
    readonly cell: Float32Array;
    readonly input: Float32Array;
    readonly gates: readonly GateFrame[];
  } | null;
}

/** The gradient flow of one update. */
export interface Frame {
  /** Updates made before it since Reset. */
  readonly update: number;
  readonly epoch: number;
  /** Of this update's batch. */
  readonly loss: number;
  readonly gradientNorm: { readonly before: number; readonly after: number };
  readonly layers: readonly LayerFrame[];
}

/** Numbers of one sequence through the first recurrent layer: `[timesteps][units]`, row-major. */
export interface ProbeTrace {
  readonly layer: string;
  readonly kind: string;
  readonly timesteps: number;
  readonly units: number;
  readonly features: number;
  readonly input: Float64Array;
  readonly hidden: Float64Array;
  readonly cell: Float64Array;
  readonly hiddenGradient: Float64Array;
  readonly cellGradient: Float64Array;
  readonly inputGradient: Float64Array;
  readonly gates: Readonly<
    Record<string, { readonly activation: Float64Array; readonly gradient: Float64Array }>
  >;
}

export interface ForecastLook {
  readonly predicted: Float64Array;
  readonly actual: Float64Array;
  readonly baselines: readonly {
    readonly name: string;
    readonly values: Float64Array;
    readonly rmse: number;
  }[];
  readonly rmse: number;
  /** What stands beneath: `value` of a series, `example` of a task. */
  readonly axis: "value" | "example";
  readonly unit: string;
  /** Which validation example each entry is, of those that are shown. */
  readonly first: number;
}

/** What costs more than an update, and is seen now and then: one sequence followed, and the validation part forecast. */
export interface Look {
  readonly update: number;
  /** The validation example that is followed. */
  readonly example: number;
  readonly traces: readonly ProbeTrace[];
  readonly forecast: ForecastLook;
}

/** Losses at the end of an epoch. */
export interface LossPoint {
  readonly epoch: number;
  readonly update: number;
  readonly loss: number;
  readonly validation: number;
}

export interface Loaded {
  readonly parameters: number;
  readonly updatesPerEpoch: number;
  readonly trainExamples: number;
  readonly validationExamples: number;
  readonly features: number;
  readonly window: number;
  readonly threads: number;
  readonly simd: string;
  readonly isolated: boolean;
  /** What became of a model that was opened: its layers as a recipe. */
  readonly layers: StudioRecipe["recipe"]["layers"];
  readonly stateful: boolean;
}

export interface Progress {
  readonly epoch: number;
  readonly update: number;
  readonly loss: number;
  readonly validation: number;
  readonly running: boolean;
  readonly updatesPerSecond: number;
  readonly points: readonly LossPoint[];
  /** Set where it has come to an end of its own: Epochs reached, stopped early, a loss that is no number. */
  readonly ended?: "epochs" | "stopped early" | "not finite";
}

export interface Refusal {
  readonly message: string;
  readonly code?: string;
}

export type FromWorker =
  /** Its first word: it runs. */
  | { readonly kind: "here"; readonly id: 0 }
  | { readonly kind: "loaded"; readonly id: number; readonly info: Loaded }
  | { readonly kind: "refused"; readonly id: number; readonly refusal: Refusal }
  | { readonly kind: "progress"; readonly id: number; readonly progress: Progress }
  | {
      readonly kind: "frames";
      readonly id: number;
      readonly frames: readonly Frame[];
      readonly stride: number;
    }
  | { readonly kind: "look"; readonly id: number; readonly look: Look }
  | { readonly kind: "snapshot"; readonly id: number; readonly trained: Trained }
  | {
      readonly kind: "findings";
      readonly id: number;
      readonly findings: readonly Finding[];
      readonly stage: Stage;
    }
  | { readonly kind: "opened"; readonly id: number; readonly file: OpenedFile; readonly about: OpenedAbout }
  | { readonly kind: "not opened"; readonly id: number; readonly message: string }
  | {
      readonly kind: "exported";
      readonly id: number;
      readonly name: string;
      readonly type: string;
      readonly bytes: Uint8Array;
    }
  | { readonly kind: "failed"; readonly id: number; readonly message: string };

/** What there is to choose after a file was opened. */
export interface OpenedAbout {
  readonly what: "table" | "examples" | "model";
  readonly notes: readonly string[];
  /** Of a model. */
  readonly layers?: StudioRecipe["recipe"]["layers"];
  readonly inputShape?: readonly (number | null)[];
  readonly outputs?: number;
  readonly sequences?: boolean;
  readonly compile?: { readonly loss?: string };
}
