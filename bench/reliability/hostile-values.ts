/** Values nobody should give, and some that are nearly right: kept in one place, so that a call is named by two words. */

/** What a trap of the caller's own throws: no fault of whoever ran into it. */
export class OwnError extends Error {}

const circle: Record<string, unknown> = { a: 1 };
circle.self = circle;
const selfArray: unknown[] = [];
selfArray.push(selfArray);
const deep: Record<string, unknown> = {};
for (let at = deep, depth = 0; depth < 2000; depth++) {
  const next = {};
  at.a = next;
  at = next;
}
const trap = (): never => {
  throw new OwnError("trap");
};
const wave = Array.from({ length: 60 }, (_, i) => Math.round(1000 * Math.sin(i)) / 1000);

export const hostileValues: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ["undefined", undefined],
  ["null", null],
  ["true", true],
  ["0", 0],
  ["-1", -1],
  ["0.5", 0.5],
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["1e300", 1e300],
  ["2^31", 2 ** 31],
  ["bigint", 3n],
  ["symbol", Symbol("s")],
  ["text", "abc"],
  ["empty text", ""],
  ["__proto__", "__proto__"],
  ["constructor", "constructor"],
  ["toString", "toString"],
  ["zero byte", "a\0b"],
  ["long text", "x".repeat(5000)],
  ["function", () => 1],
  [
    "async function",
    async () => {
      throw new OwnError("x");
    },
  ],
  ["class", class {}],
  ["{}", {}],
  ["no prototype", Object.create(null)],
  ["circle", circle],
  ["deep", deep],
  ["throwing proxy", new Proxy({}, { get: trap, has: trap, ownKeys: trap })],
  ["proxy", new Proxy({ a: 1 }, {})],
  ["frozen", Object.freeze({ a: 1 })],
  ["date", new Date(Number.NaN)],
  ["map", new Map([[1, 2]])],
  ["promise", Promise.resolve(3)],
  ["pattern", /a/],
  ["[]", []],
  ["[[]]", [[]]],
  ["[1,2,3]", [1, 2, 3]],
  ["frozen numbers", Object.freeze([4, 2, 5, 1])],
  ["proxied numbers", new Proxy([4, 2, 5, 1, 7], {})],
  ["[NaN]", [Number.NaN, 1, 2]],
  ["[null]", [null, 1, 2, 3]],
  ["[text]", ["a", "b"]],
  ["ragged", [[1, 2], [3]]],
  ["sparse", new Array(5)],
  ["self", selfArray],
  ["[{}]", [{}, {}]],
  ["[symbol]", [Symbol("a")]],
  ["[bigint]", [1n, 2n]],
  ["[no prototype]", [Object.create(null)]],
  ["wave", wave],
  ["constant", new Array(40).fill(5)],
  ["huge numbers", [1e308, -1e308, 1e308, 1e308, 2, 3]],
  ["tiny numbers", [5e-324, 0, 1e-310, 4]],
  ["rows", Array.from({ length: 30 }, (_, i) => [i, i % 7])],
  ["sequences", [[[1], [2], [3]]]],
  ["float32", new Float32Array(5)],
  ["float64", new Float64Array([1, 2, 3, 4])],
  ["int32", new Int32Array(4)],
  ["bytes", new Uint8Array(64)],
  ["bigints", new BigInt64Array(2)],
  ["view", new DataView(new ArrayBuffer(8))],
  ["buffer", new ArrayBuffer(16)],
  ["tensor", { shape: [2, 2], data: new Float32Array([1, 2, 3, 4]) }],
  ["frozen tensor", Object.freeze({ shape: Object.freeze([2]), data: new Float32Array(2) })],
  ["short tensor", { shape: [1000, 1000], data: new Float32Array(3) }],
  ["NaN shape", { shape: [Number.NaN], data: new Float32Array(1) }],
  ["text shape", { shape: ["2"], data: new Float32Array(2) }],
  ["no data", { shape: [2] }],
  ["{x,y}", { x: [[1]], y: [[1]] }],
  ["{columns}", { columns: { a: [1, 2] }, target: "b" }],
]);
