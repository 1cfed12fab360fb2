import { constant4, HALF, ONE, SIGN } from "../simd/constants";
import {
  AT_EXPM1_0, AT_EXPM1_1, AT_EXPM1_2, AT_EXPM1_3, AT_EXPM1_4, AT_LN2_HI, AT_LN2_LO, AT_LOG2_E, AT_ROUND,
} from "../simd/exp";
import { AT_HEADROOM_INVERSE, AT_SIGMOID_BOTTOM, AT_SIGMOID_ROUND, AT_SIGMOID_TOP } from "../simd/sigmoid";
import { AT_TANH_TOP, AT_TWO_LOG2_E, tanh4 } from "../simd/tanh";

/**
 * sigmoid4 and tanh4 of four vectors abreast, to the same bits.
 *
 * One of them is a chain of twenty dependent operations. A processor looks ahead some hundred instructions, which is
 * not far enough to find the next chain when each is written behind the other; so the four are written step by step,
 * side by side, and every constant is fetched once for all. Half the time of one after the other for tanh, 5/6 for gates.
 */

/**
 * lstmGatesInterleaved: σ(i), σ(f), tanh(g), σ(o) of four units for each row, in place.
 *
 * Shapes   gates [rows, 16]
 * Writes   gates (=)
 */
export function lstmGatesInterleaved(gatesPtr: usize, rows: i32): void {
  const end = gatesPtr + (<usize>rows << 6);
  for (; gatesPtr < end; gatesPtr += 64) {
    let i = v128.load(gatesPtr), f = v128.load(gatesPtr, 16), g = v128.load(gatesPtr, 32), o = v128.load(gatesPtr, 48);
    let k = constant4(AT_SIGMOID_TOP), l = constant4(AT_SIGMOID_BOTTOM);
    i = f32x4.pmax(f32x4.pmin(i, k), l);
    f = f32x4.pmax(f32x4.pmin(f, k), l);
    o = f32x4.pmax(f32x4.pmin(o, k), l);
    k = constant4(SIGN);
    const gSign = v128.and(g, k);
    g = f32x4.pmin(v128.andnot(g, k), constant4(AT_TANH_TOP));

    // x = n ln 2 + r; g is doubled.
    k = constant4(AT_LOG2_E);
    let iRound = f32x4.mul(i, k), fRound = f32x4.mul(f, k), oRound = f32x4.mul(o, k);
    let gRound = f32x4.mul(g, constant4(AT_TWO_LOG2_E));
    k = constant4(AT_SIGMOID_ROUND);
    l = constant4(AT_ROUND);
    iRound = f32x4.add(iRound, k);
    fRound = f32x4.add(fRound, k);
    oRound = f32x4.add(oRound, k);
    gRound = f32x4.add(gRound, l);
    const iN = f32x4.sub(iRound, k), fN = f32x4.sub(fRound, k), oN = f32x4.sub(oRound, k);
    const gN = f32x4.sub(gRound, l);
    k = constant4(AT_LN2_HI);
    l = constant4(AT_LN2_LO);
    i = f32x4.sub(f32x4.sub(i, f32x4.mul(iN, k)), f32x4.mul(iN, l));
    f = f32x4.sub(f32x4.sub(f, f32x4.mul(fN, k)), f32x4.mul(fN, l));
    g = f32x4.sub(f32x4.sub(f32x4.add(g, g), f32x4.mul(gN, k)), f32x4.mul(gN, l));
    o = f32x4.sub(f32x4.sub(o, f32x4.mul(oN, k)), f32x4.mul(oN, l));

    // e^r - 1.
    const ii = f32x4.mul(i, i), ff = f32x4.mul(f, f), gg = f32x4.mul(g, g), oo = f32x4.mul(o, o);
    k = constant4(AT_EXPM1_4);
    let iPoly = f32x4.mul(ii, k), fPoly = f32x4.mul(ff, k), gPoly = f32x4.mul(gg, k), oPoly = f32x4.mul(oo, k);
    k = constant4(AT_EXPM1_3);
    l = constant4(AT_EXPM1_2);
    iPoly = f32x4.add(iPoly, f32x4.add(f32x4.mul(i, k), l));
    fPoly = f32x4.add(fPoly, f32x4.add(f32x4.mul(f, k), l));
    gPoly = f32x4.add(gPoly, f32x4.add(f32x4.mul(g, k), l));
    oPoly = f32x4.add(oPoly, f32x4.add(f32x4.mul(o, k), l));
    k = constant4(AT_EXPM1_1);
    l = constant4(AT_EXPM1_0);
    iPoly = f32x4.add(f32x4.mul(iPoly, ii), f32x4.add(f32x4.mul(i, k), l));
    fPoly = f32x4.add(f32x4.mul(fPoly, ff), f32x4.add(f32x4.mul(f, k), l));
    gPoly = f32x4.add(f32x4.mul(gPoly, gg), f32x4.add(f32x4.mul(g, k), l));
    oPoly = f32x4.add(f32x4.mul(oPoly, oo), f32x4.add(f32x4.mul(o, k), l));
    i = f32x4.add(f32x4.mul(iPoly, ii), i);
    f = f32x4.add(f32x4.mul(fPoly, ff), f);
    g = f32x4.add(f32x4.mul(gPoly, gg), g);
    o = f32x4.add(f32x4.mul(oPoly, oo), o);

    // σ: 2^n (1 + p) without its headroom; tanh: 2^(n-1) p + (2^(n-1) - 1/2). Each over itself and one.
    const one = constant4(ONE);
    k = constant4(AT_HEADROOM_INVERSE);
    l = constant4(HALF);
    i = f32x4.mul(f32x4.mul(f32x4.add(i, one), i32x4.add(i32x4.shl(iRound, 23), one)), k);
    f = f32x4.mul(f32x4.mul(f32x4.add(f, one), i32x4.add(i32x4.shl(fRound, 23), one)), k);
    o = f32x4.mul(f32x4.mul(f32x4.add(o, one), i32x4.add(i32x4.shl(oRound, 23), one)), k);
    const gPower = i32x4.add(i32x4.shl(gRound, 23), l);
    g = f32x4.add(f32x4.mul(g, gPower), f32x4.sub(gPower, l));
    i = f32x4.div(i, f32x4.add(i, one));
    f = f32x4.div(f, f32x4.add(f, one));
    g = v128.or(f32x4.div(g, f32x4.add(g, one)), gSign);
    o = f32x4.div(o, f32x4.add(o, one));
    v128.store(gatesPtr, i);
    v128.store(gatesPtr, f, 16);
    v128.store(gatesPtr, g, 32);
    v128.store(gatesPtr, o, 48);
  }
}

/**
 * tanhRows: tanh of four floats for each row.
 *
 * Shapes   x, y [rows] of four floats, xRowBytes and yRowBytes apart
 * Writes   y (=)
 * Alias    y may be x
 */
export function tanhRows(xPtr: usize, xRowBytes: usize, yPtr: usize, yRowBytes: usize, rows: i32): void {
  let row = 0;
  for (; row + 4 <= rows; row += 4) {
    let a = v128.load(xPtr), b = v128.load(xPtr + xRowBytes);
    xPtr += 2 * xRowBytes;
    let c = v128.load(xPtr), d = v128.load(xPtr + xRowBytes);
    xPtr += 2 * xRowBytes;
    let k = constant4(SIGN), l = constant4(AT_TANH_TOP);
    const aSign = v128.and(a, k), bSign = v128.and(b, k), cSign = v128.and(c, k), dSign = v128.and(d, k);
    a = f32x4.pmin(v128.andnot(a, k), l);
    b = f32x4.pmin(v128.andnot(b, k), l);
    c = f32x4.pmin(v128.andnot(c, k), l);
    d = f32x4.pmin(v128.andnot(d, k), l);

    // 2|x| = n ln 2 + r.
    k = constant4(AT_TWO_LOG2_E);
    l = constant4(AT_ROUND);
    const aRound = f32x4.add(f32x4.mul(a, k), l), bRound = f32x4.add(f32x4.mul(b, k), l);
    const cRound = f32x4.add(f32x4.mul(c, k), l), dRound = f32x4.add(f32x4.mul(d, k), l);
    const aN = f32x4.sub(aRound, l), bN = f32x4.sub(bRound, l), cN = f32x4.sub(cRound, l), dN = f32x4.sub(dRound, l);
    k = constant4(AT_LN2_HI);
    l = constant4(AT_LN2_LO);
    a = f32x4.sub(f32x4.sub(f32x4.add(a, a), f32x4.mul(aN, k)), f32x4.mul(aN, l));
    b = f32x4.sub(f32x4.sub(f32x4.add(b, b), f32x4.mul(bN, k)), f32x4.mul(bN, l));
    c = f32x4.sub(f32x4.sub(f32x4.add(c, c), f32x4.mul(cN, k)), f32x4.mul(cN, l));
    d = f32x4.sub(f32x4.sub(f32x4.add(d, d), f32x4.mul(dN, k)), f32x4.mul(dN, l));

    // e^r - 1.
    const aa = f32x4.mul(a, a), bb = f32x4.mul(b, b), cc = f32x4.mul(c, c), dd = f32x4.mul(d, d);
    k = constant4(AT_EXPM1_4);
    let aPoly = f32x4.mul(aa, k), bPoly = f32x4.mul(bb, k), cPoly = f32x4.mul(cc, k), dPoly = f32x4.mul(dd, k);
    k = constant4(AT_EXPM1_3);
    l = constant4(AT_EXPM1_2);
    aPoly = f32x4.add(aPoly, f32x4.add(f32x4.mul(a, k), l));
    bPoly = f32x4.add(bPoly, f32x4.add(f32x4.mul(b, k), l));
    cPoly = f32x4.add(cPoly, f32x4.add(f32x4.mul(c, k), l));
    dPoly = f32x4.add(dPoly, f32x4.add(f32x4.mul(d, k), l));
    k = constant4(AT_EXPM1_1);
    l = constant4(AT_EXPM1_0);
    aPoly = f32x4.add(f32x4.mul(aPoly, aa), f32x4.add(f32x4.mul(a, k), l));
    bPoly = f32x4.add(f32x4.mul(bPoly, bb), f32x4.add(f32x4.mul(b, k), l));
    cPoly = f32x4.add(f32x4.mul(cPoly, cc), f32x4.add(f32x4.mul(c, k), l));
    dPoly = f32x4.add(f32x4.mul(dPoly, dd), f32x4.add(f32x4.mul(d, k), l));
    a = f32x4.add(f32x4.mul(aPoly, aa), a);
    b = f32x4.add(f32x4.mul(bPoly, bb), b);
    c = f32x4.add(f32x4.mul(cPoly, cc), c);
    d = f32x4.add(f32x4.mul(dPoly, dd), d);

    k = constant4(HALF);
    l = constant4(ONE);
    const aPower = i32x4.add(i32x4.shl(aRound, 23), k), bPower = i32x4.add(i32x4.shl(bRound, 23), k);
    const cPower = i32x4.add(i32x4.shl(cRound, 23), k), dPower = i32x4.add(i32x4.shl(dRound, 23), k);
    a = f32x4.add(f32x4.mul(a, aPower), f32x4.sub(aPower, k));
    b = f32x4.add(f32x4.mul(b, bPower), f32x4.sub(bPower, k));
    c = f32x4.add(f32x4.mul(c, cPower), f32x4.sub(cPower, k));
    d = f32x4.add(f32x4.mul(d, dPower), f32x4.sub(dPower, k));
    v128.store(yPtr, v128.or(f32x4.div(a, f32x4.add(a, l)), aSign));
    v128.store(yPtr + yRowBytes, v128.or(f32x4.div(b, f32x4.add(b, l)), bSign));
    yPtr += 2 * yRowBytes;
    v128.store(yPtr, v128.or(f32x4.div(c, f32x4.add(c, l)), cSign));
    v128.store(yPtr + yRowBytes, v128.or(f32x4.div(d, f32x4.add(d, l)), dSign));
    yPtr += 2 * yRowBytes;
  }
  for (; row < rows; row++) {
    v128.store(yPtr, tanh4(v128.load(xPtr)));
    xPtr += xRowBytes;
    yPtr += yRowBytes;
  }
}
