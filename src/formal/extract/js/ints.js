// The integers of Coq in JavaScript. An integer is a number while it is one from -LARGEST to LARGEST,
// where numbers are exact, and a BigInt beyond; a BigInt may be as small as it likes. JavaScript
// compares the two exactly.

//Provides: ints_exact
function ints_exact(x) { return x >= -9007199254740991 && x <= 9007199254740991; }

//Provides: ints_big
function ints_big(a) { return typeof a === 'number' ? BigInt(a) : a; }

// A BigInt as a number if it is exact.
//Provides: ints_small
//Requires: ints_exact
function ints_small(a) { return ints_exact(a) ? Number(a) : a; }

//Provides: ints_of_nat
function ints_of_nat(n) { return n; }

// A size: an integer of OCaml that is not negative. It fails where the integer is too large.
//Provides: ints_to_nat
function ints_to_nat(a) {
  if (a > 2147483647) throw Error('a size does not fit 31 bits');
  return Number(a);
}

//Provides: ints_opp
function ints_opp(a) { return -a; }

//Provides: ints_add
//Requires: ints_exact, ints_big
function ints_add(a, b) {
  if (typeof a === 'number' && typeof b === 'number') {
    var sum = a + b;
    if (ints_exact(sum)) return sum;
  }
  return ints_big(a) + ints_big(b);
}

//Provides: ints_sub
//Requires: ints_exact, ints_big
function ints_sub(a, b) {
  if (typeof a === 'number' && typeof b === 'number') {
    var difference = a - b;
    if (ints_exact(difference)) return difference;
  }
  return ints_big(a) - ints_big(b);
}

//Provides: ints_mul
//Requires: ints_exact, ints_big
function ints_mul(a, b) {
  if (typeof a === 'number' && typeof b === 'number') {
    var product = a * b;
    if (ints_exact(product)) return product;
  }
  return ints_big(a) * ints_big(b);
}

// How much too large a quotient is that was rounded towards zero: 1 or 0, with the rest that it left.
//Provides: ints_excess
function ints_excess(rest, b) { return rest != 0 && rest < 0 !== b < 0 ? 1 : 0; }

// Rounds down; by zero it is 0, as in Coq.
//Provides: ints_div
//Requires: ints_big, ints_excess, ints_small
function ints_div(a, b) {
  if (b == 0) return 0;
  if (typeof a === 'number' && typeof b === 'number') {
    var rest = a % b;
    return (a - rest) / b - ints_excess(rest, b);
  }
  var A = ints_big(a), B = ints_big(b);
  return ints_small(A / B - BigInt(ints_excess(A % B, b)));
}

// What is left when dividing; by zero all is, as in Coq.
//Provides: ints_modulo
//Requires: ints_big, ints_excess, ints_small
function ints_modulo(a, b) {
  if (b == 0) return a;
  var areNumbers = typeof a === 'number' && typeof b === 'number';
  var rest = areNumbers ? a % b : ints_small(ints_big(a) % ints_big(b));
  return ints_excess(rest, b) ? ints_small(ints_big(rest) + ints_big(b)) : rest;
}

// A power of 2.
//Provides: ints_power_of_2
//Requires: ints_small
function ints_power_of_2(k) { return k < 53 ? Math.pow(2, k) : BigInt(1) << BigInt(k); }

//Provides: ints_pow
//Requires: ints_power_of_2, ints_mul, ints_sub
function ints_pow(a, b) {
  if (b < 0) return 0;
  if (a == 2) return ints_power_of_2(Number(b));
  for (var power = 1; b > 0; b = ints_sub(b, 1)) power = ints_mul(power, a);
  return power;
}

// The position of the highest bit; 0 if there is none.
//Provides: ints_log2
function ints_log2(a) { return a > 0 ? a.toString(2).length - 1 : 0; }

//Provides: ints_eqb
function ints_eqb(a, b) { return a == b ? 1 : 0; }
//Provides: ints_leb
function ints_leb(a, b) { return a <= b ? 1 : 0; }
//Provides: ints_ltb
function ints_ltb(a, b) { return a < b ? 1 : 0; }

// Rounds down.
//Provides: ints_shiftr
//Requires: ints_mul, ints_power_of_2
function ints_shiftr(a, k) {
  if (k < 0) return ints_mul(a, ints_power_of_2(-Number(k)));
  if (typeof a === 'number') return k < 53 ? Math.floor(a / Math.pow(2, Number(k))) : a < 0 ? -1 : 0;
  return a >> BigInt(k);
}
//Provides: ints_shiftl
//Requires: ints_shiftr, ints_opp
function ints_shiftl(a, k) { return ints_shiftr(a, ints_opp(k)); }

// Bit by bit; negative integers have endless ones before them.
//Provides: ints_and
//Requires: ints_big, ints_small
function ints_and(a, b) { return ints_small(ints_big(a) & ints_big(b)); }
//Provides: ints_or
//Requires: ints_big, ints_small
function ints_or(a, b) { return ints_small(ints_big(a) | ints_big(b)); }
//Provides: ints_xor
//Requires: ints_big, ints_small
function ints_xor(a, b) { return ints_small(ints_big(a) ^ ints_big(b)); }
// The bits of a that b does not have.
//Provides: ints_but
//Requires: ints_big, ints_small
function ints_but(a, b) { return ints_small(ints_big(a) & ~ints_big(b)); }

//Provides: ints_is_odd
//Requires: ints_modulo
function ints_is_odd(a) { return (typeof a === 'number' ? a % 2 : ints_modulo(a, 2)) == 0 ? 0 : 1; }
//Provides: ints_half
//Requires: ints_shiftr
function ints_half(a) { return typeof a === 'number' ? Math.floor(a / 2) : ints_shiftr(a, 1); }

// Hands a function to who loads the program.
//Provides: checker_give
//Requires: caml_jsstring_of_string
function checker_give(name, f) { globalThis.provenChecker[caml_jsstring_of_string(name)] = f; }

// The list of OCaml with the bytes of an array.
//Provides: checker_list
function checker_list(bytes) {
  var list = 0;
  for (var i = bytes.length; i-- > 0; ) list = [0, bytes[i], list];
  return list;
}
