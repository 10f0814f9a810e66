(** SHA-256 (FIPS 180-4) of a list of bytes, so that a theorem can name the file that it is about.

    To be read by people, like [Model.v]: nothing is proven of it but that it gives the standard's
    own examples. Words are integers from 0 below 2^32. *)

Require Import ZArith List Ascii String.
Import ListNotations.
Open Scope Z_scope.

Definition wrap (x : Z) : Z := Z.land x (Z.ones 32).
Definition rotr (k x : Z) : Z := wrap (Z.lor (Z.shiftr x k) (Z.shiftl x (32 - k))).
Definition xor3 (x y z : Z) : Z := Z.lxor x (Z.lxor y z).

(** The functions of section 4.1.2. *)
Definition choose (x y z : Z) : Z := Z.lxor (Z.land x y) (Z.land (Z.ldiff (Z.ones 32) x) z).
Definition majority (x y z : Z) : Z := xor3 (Z.land x y) (Z.land x z) (Z.land y z).
Definition Sigma0 (x : Z) : Z := xor3 (rotr 2 x) (rotr 13 x) (rotr 22 x).
Definition Sigma1 (x : Z) : Z := xor3 (rotr 6 x) (rotr 11 x) (rotr 25 x).
Definition sigma0 (x : Z) : Z := xor3 (rotr 7 x) (rotr 18 x) (Z.shiftr x 3).
Definition sigma1 (x : Z) : Z := xor3 (rotr 17 x) (rotr 19 x) (Z.shiftr x 10).

(** The constants of section 4.2.2: fractional parts of cube roots of the first 64 primes. *)
Definition constants : list Z := [
  0x428a2f98; 0x71374491; 0xb5c0fbcf; 0xe9b5dba5; 0x3956c25b; 0x59f111f1; 0x923f82a4; 0xab1c5ed5;
  0xd807aa98; 0x12835b01; 0x243185be; 0x550c7dc3; 0x72be5d74; 0x80deb1fe; 0x9bdc06a7; 0xc19bf174;
  0xe49b69c1; 0xefbe4786; 0x0fc19dc6; 0x240ca1cc; 0x2de92c6f; 0x4a7484aa; 0x5cb0a9dc; 0x76f988da;
  0x983e5152; 0xa831c66d; 0xb00327c8; 0xbf597fc7; 0xc6e00bf3; 0xd5a79147; 0x06ca6351; 0x14292967;
  0x27b70a85; 0x2e1b2138; 0x4d2c6dfc; 0x53380d13; 0x650a7354; 0x766a0abb; 0x81c2c92e; 0x92722c85;
  0xa2bfe8a1; 0xa81a664b; 0xc24b8b70; 0xc76c51a3; 0xd192e819; 0xd6990624; 0xf40e3585; 0x106aa070;
  0x19a4c116; 0x1e376c08; 0x2748774c; 0x34b0bcb5; 0x391c0cb3; 0x4ed8aa4a; 0x5b9cca4f; 0x682e6ff3;
  0x748f82ee; 0x78a5636f; 0x84c87814; 0x8cc70208; 0x90befffa; 0xa4506ceb; 0xbef9a3f7; 0xc67178f2].

(** The eight words of a hash. *)
Definition state : Type := Z * Z * Z * Z * Z * Z * Z * Z.

(** The state at the start, of section 5.3.3. *)
Definition start : state :=
  (0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19).

(** [k] more words of the message schedule (section 6.2.2, step 1); the last word comes first. *)
Fixpoint schedule (k : nat) (last_first : list Z) : list Z :=
  match k with
  | O => last_first
  | S k =>
    let at_ i := nth i last_first 0 in
    schedule k (wrap (sigma1 (at_ 1%nat) + at_ 6%nat + sigma0 (at_ 14%nat) + at_ 15%nat) :: last_first)
  end.

Definition round (s : state) (constant_word : Z * Z) : state :=
  let '(a, b, c, d, e, f, g, h) := s in
  let t1 := h + Sigma1 e + choose e f g + fst constant_word + snd constant_word in
  let t2 := Sigma0 a + majority a b c in
  (wrap (t1 + t2), a, b, c, wrap (d + t1), e, f, g).

(** One block of 16 words (section 6.2.2). *)
Definition compress (s : state) (block : list Z) : state :=
  let '(a, b, c, d, e, f, g, h) := s in
  let words := rev (schedule 48 (rev block)) in
  let '(a', b', c', d', e', f', g', h') := fold_left round (combine constants words) s in
  (wrap (a + a'), wrap (b + b'), wrap (c + c'), wrap (d + d'),
   wrap (e + e'), wrap (f + f'), wrap (g + g'), wrap (h + h')).

(** The number that bytes stand for, the most significant byte first. *)
Definition big_endian (bytes : list Z) : Z := fold_left (fun x byte => 256 * x + byte) bytes 0.
(** The [k] bytes of a number, the most significant byte first. *)
Fixpoint to_big_endian (k : nat) (x : Z) : list Z :=
  match k with O => [] | S k => to_big_endian k (x / 256) ++ [x mod 256] end.

Fixpoint words_of (bytes : list Z) : list Z :=
  match bytes with
  | a :: b :: c :: d :: more => big_endian [a; b; c; d] :: words_of more
  | _ => []
  end.

(** Appends a one bit, zeros up to 8 bytes before the end of a block, and the length in bits
    (section 5.1.1). *)
Definition padded (bytes : list Z) : list Z :=
  let length := Z.of_nat (List.length bytes) in
  bytes ++ [128] ++ repeat 0 (Z.to_nat ((55 - length) mod 64)) ++ to_big_endian 8 (8 * length).

Fixpoint blocks (fuel : nat) (s : state) (words : list Z) : state :=
  match fuel, words with
  | S fuel, _ :: _ => blocks fuel (compress s (firstn 16 words)) (skipn 16 words)
  | _, _ => s
  end.

(** The hash as a number of 256 bits. *)
Definition sha256 (bytes : list Z) : Z :=
  let words := words_of (padded bytes) in
  let '(a, b, c, d, e, f, g, h) := blocks (List.length words) start words in
  fold_left (fun x word => 2 ^ 32 * x + word) [a; b; c; d; e; f; g; h] 0.

(** The bytes of a text. *)
Definition bytes_of (text : string) : list Z :=
  map (fun c => Z.of_N (N_of_ascii c)) (list_ascii_of_string text).

(** The standard's examples: no block, one block, two blocks. *)
Example sha256_empty :
  sha256 [] = 0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855.
Proof. vm_compute; reflexivity. Qed.
Example sha256_abc :
  sha256 (bytes_of "abc") = 0xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad.
Proof. vm_compute; reflexivity. Qed.
Example sha256_two_blocks :
  sha256 (bytes_of "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
  = 0x248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1.
Proof. vm_compute; reflexivity. Qed.
