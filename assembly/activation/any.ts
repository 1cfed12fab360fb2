import { activate4, derivative4 } from "./activate";

/** activate4 as a call: for gates with an uncommon activation, where fourteen inlined branches a gate would be bulk. */
export function activateAny4(code: i32, z: v128): v128 {
  return activate4(code, z);
}

/** derivative4 as a call. */
export function derivativeAny4(code: i32, z: v128, y: v128): v128 {
  return derivative4(code, z, y);
}
