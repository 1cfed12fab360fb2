import { FormatError } from "../../errors.js";
import { isRecord, listOf } from "../bytes/json.js";
import { describe } from "./dialect.js";

/** A tensor by the layer that puts it out, the number of that layer's application, and which of its outputs it is. */
export type Source = readonly [layer: string, node: number, output: number];

/** An application of a layer as a file has it. */
export interface Call {
  readonly inputs: readonly Source[];
  readonly states: readonly Source[];
  readonly mask: Source | undefined;
  readonly training: boolean | undefined;
  readonly useCausalMask: boolean | undefined;
  readonly returnAttentionScores: true | undefined;
  /** Whether the last of the inputs says which pairs of steps count. */
  readonly attentionMask: true | undefined;
}

interface At {
  readonly where: string;
  readonly name: string;
}

const damaged = ({ where, name }: At): FormatError =>
  new FormatError(`${where}: a node of \`${name}\` is damaged.`);

const isKerasTensor = (value: unknown): value is { config: { keras_history: readonly unknown[] } } =>
  isRecord(value) &&
  value.class_name === "__keras_tensor__" &&
  isRecord(value.config) &&
  Array.isArray(value.config.keras_history);

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** `[name, node, output]`, as all versions write a tensor in lists. */
const isTriple = (value: unknown): value is readonly [string, number, number, ...unknown[]] =>
  Array.isArray(value) && typeof value[0] === "string" && isCount(value[1]) && isCount(value[2]);

function sourceOf(at: At, value: unknown): Source | undefined {
  const triple = isKerasTensor(value) ? value.config.keras_history : value;
  if (isTriple(triple)) return [triple[0], triple[1], triple[2]];
  if (isKerasTensor(value)) throw damaged(at);
  return undefined;
}

/** All tensors in what an argument holds, in their order. @throws FormatError for anything beside them but null. */
function tensorsIn(at: At, value: unknown, what: string): Source[] {
  const source = sourceOf(at, value);
  if (source !== undefined) return [source];
  if (value === null || value === undefined || value === false) return [];
  if (Array.isArray(value)) return value.flatMap((one) => tensorsIn(at, one, what));
  throw new FormatError(
    `${at.where}: layer \`${at.name}\` is called with ${what} ${describe(value)}, which is not read.`,
    { received: value },
  );
}

/** Arguments that are tensors, in the order in which layers take them. */
const tensorArguments: readonly string[] = ["query", "value", "key", "inputs"];

/** What of Keras's keywords is known here. @throws FormatError for others that say something. */
function callOf(at: At, given: readonly Source[], keywords: Readonly<Record<string, unknown>>): Call {
  const { where, name } = at;
  const inputs = [...given];
  let states: Source[] = [];
  let mask: Source | undefined;
  let training: boolean | undefined;
  let useCausalMask: boolean | undefined;
  let returnAttentionScores: true | undefined;
  let pairs: Source[] = [];
  for (const key of tensorArguments) {
    if (key in keywords) inputs.push(...tensorsIn(at, keywords[key], `\`${key}\``));
  }
  for (const [key, value] of Object.entries(keywords)) {
    if (tensorArguments.includes(key) || value === null) continue;
    if (key === "initial_state") states = tensorsIn(at, value, "`initial_state`");
    else if (key === "mask") mask = tensorsIn(at, value, "`mask`")[0];
    else if (key === "training" && typeof value === "boolean") training = value;
    else if (key === "use_causal_mask" && typeof value === "boolean") useCausalMask = value;
    else if (key === "return_attention_scores" && value === true) returnAttentionScores = true;
    else if (key === "attention_mask") pairs = tensorsIn(at, value, "`attention_mask`");
    else if (value !== false) {
      throw new FormatError(
        `${where}: layer \`${name}\` is called with \`${key}\`: ${describe(value)}, which is not read.`,
        { received: value },
      );
    }
  }
  return {
    inputs: [...inputs, ...pairs],
    states,
    mask,
    training,
    useCausalMask: useCausalMask === true ? true : undefined,
    returnAttentionScores,
    attentionMask: pairs.length > 0 ? true : undefined,
  };
}

/**
 * The applications of a layer from its `inbound_nodes`, in any of the forms Keras has had.
 * @param isRecurrent whether inputs behind the first are initial states, as Keras 2 and TensorFlow.js write them.
 */
export function callsOf(where: string, name: string, nodes: unknown, isRecurrent: boolean): Call[] {
  const at = { where, name };
  return listOf(`${where}: \`inbound_nodes\` of \`${name}\``, nodes).map((node) => {
    let call: Call;
    if (isRecord(node)) {
      const keywords = isRecord(node.kwargs) ? node.kwargs : {};
      call = callOf(at, tensorsIn(at, node.args, "the argument"), keywords);
    } else {
      if (!Array.isArray(node)) throw damaged(at);
      // tf.keras leaves out the outer list where there is one input.
      const list: unknown[] = typeof node[0] === "string" ? [node] : node;
      const sources = list.map((one) => sourceOf(at, one) ?? failed(at));
      const keywords = list.flatMap((one) => (Array.isArray(one) && isRecord(one[3]) ? [one[3]] : []));
      call = callOf(at, sources, Object.assign({}, ...keywords));
    }
    if (!isRecurrent || call.inputs.length < 2 || call.states.length > 0) return call;
    return { ...call, inputs: call.inputs.slice(0, 1), states: call.inputs.slice(1) };
  });
}

function failed(at: At): never {
  throw damaged(at);
}

/** The tensors a model begins with or ends in: one, a list of them, or a record by names. */
export function portsOf(where: string, what: string, value: unknown): { source: Source; name?: string }[] {
  const at = { where, name: what };
  const single = sourceOf(at, value);
  if (single !== undefined) return [{ source: single }];
  if (isRecord(value)) {
    return Object.entries(value).map(([name, one]) => ({ name, source: sourceOf(at, one) ?? failed(at) }));
  }
  return listOf(`${where}: \`${what}\``, value).map((one) => ({ source: sourceOf(at, one) ?? failed(at) }));
}
