(** The weights for the task Max-of-K that a safetensors file holds. To be read by people, like
    [Model.v]; [Safetensors.v] says what a file is. *)

Require Import ZArith List Ascii String Bool.
Require Import Weights Safetensors.
Import ListNotations.
Local Open Scope string_scope.
Open Scope Z_scope.

(** * The configuration

    Files of this project's program have one among the metadata, as a text that is JSON itself. It
    may say that another network is meant than the one that the tensors suggest, so it is compared
    letter by letter with the one that says that nothing is unusual, but perhaps what scores are
    divided by. *)

Fixpoint digits (fuel : nat) (x : Z) : string :=
  match fuel with
  | O => ""
  | S fuel =>
    let last := String (ascii_of_N (Z.to_N (48 + x mod 10))) "" in
    if x <? 10 then last else (digits fuel (x / 10) ++ last)%string
  end.
(** A number below 10^20 in decimal digits. *)
Definition decimal (x : Z) : string := digits 20 x.

(** The configuration of a network with [v] tokens, [n] positions, residual width [d] and head width
    [h], with its quotation marks escaped and [more] at its end. *)
Definition config (v n d h : Z) (more : string) : string :=
  let said name value := ("\""" ++ name ++ "\"":" ++ value)%string in
  let text value := ("\""" ++ value ++ "\""")%string in
  let all := [said "n_layers" "1"; said "n_heads" "1"; said "d_model" (decimal d);
    said "d_head" (decimal h); said "n_ctx" (decimal n); said "d_vocab" (decimal v);
    said "d_vocab_out" (decimal v); said "attn_only" "true"; said "normalization_type" "null";
    said "positional_embedding_type" (text "standard"); said "attention_dir" (text "causal")] in
  ("{" ++ String.concat "," all ++ more)%string.

(** A decimal number that ends with a brace: [25}] or [2.5}]. *)
Definition decimal_number (s : list ascii) : option scale :=
  let (whole, rest) := number 0 s in
  match rest with
  | ["}"%char] => Some (Decimal whole 0)
  | "."%char :: more =>
    let (digits, rest) := number whole more in
    match rest with ["}"%char] => Some (Decimal digits (pred (List.length more))) | _ => None end
  | _ => None
  end.

(** What a configuration says that scores are divided by: the root of [h] unless it ends with a number;
    [None] if it says anything else that is unusual. *)
Definition scale_said (v n d h : Z) (said : string) : option scale :=
  let before := config v n d h ",\""use_attn_scale\"":true,\""attn_scale\"":" in
  let rest := skipn (String.length before) (list_ascii_of_string said) in
  if String.eqb said (config v n d h "}") then Some (Root (Z.to_nat h))
  else if String.prefix before said then decimal_number rest
  else None.

(** What scores are divided by, by the metadata of the file, if there are any. *)
Definition read_scale (v n d h : Z) (metadata : list (string * json)) : option scale :=
  match metadata with
  | [] => Some (Root (Z.to_nat h))
  | [(_, Fields l)] =>
    let (configs, others) := partition (is_named "config") l in
    if forallb is_comment others then
      match configs with
      | [] => Some (Root (Z.to_nat h))
      | [(_, Text said)] => scale_said v n d h said
      | _ => None
      end
    else None
  | _ => None
  end.

(** TransformerLens' names. *)
Definition names : list string :=
  ["embed.W_E"; "pos_embed.W_pos"; "blocks.0.attn.W_Q"; "blocks.0.attn.W_K"; "blocks.0.attn.W_V";
   "blocks.0.attn.W_O"; "unembed.W_U"; "blocks.0.attn.b_Q"; "blocks.0.attn.b_K"; "blocks.0.attn.b_V";
   "blocks.0.attn.b_O"; "unembed.b_U"].

(** The weights of a file that holds the seven matrices, with TransformerLens' names and shapes, any of
    the five biases, and no other tensor: nothing in the file is left out. *)
Definition read (F : file) : option weights :=
  match entries F with
  | Some (metadata, l) =>
    match
      find F l "embed.W_E", find F l "pos_embed.W_pos", find F l "blocks.0.attn.W_Q",
      find F l "blocks.0.attn.W_K", find F l "blocks.0.attn.W_V", find F l "blocks.0.attn.W_O",
      find F l "unembed.W_U"
    with
    | Some ([v; d], wE), Some ([n; d1], wpos), Some ([o1; d2; h], wQ),
      Some ([o2; d3; h1], wK), Some ([o3; d4; h2], wV), Some ([o4; h3; d5], wO),
      Some ([d6; v1], wU) =>
      match
        find_bias F l "blocks.0.attn.b_Q" [1; h], find_bias F l "blocks.0.attn.b_K" [1; h],
        find_bias F l "blocks.0.attn.b_V" [1; h], find_bias F l "blocks.0.attn.b_O" [d],
        find_bias F l "unembed.b_U" [v], read_scale v n d h metadata
      with
      | Some bQ, Some bK, Some bV, Some bO, Some bU, Some scale =>
        if forallb (fun t => existsb (String.eqb (name t)) names) l
           && (total l =? Z.of_nat (List.length (words F)))
           && forallb (Z.eqb d) [d1; d2; d3; d4; d5; d6] && forallb (Z.eqb h) [h1; h2; h3] && (v =? v1)
           && forallb (Z.eqb 1) [o1; o2; o3; o4]
        then Some (Weights (size v) (size n) (size d) (size h) wE wpos wQ wK wV wO wU bQ bK bV bO bU scale)
        else None
      | _, _, _, _, _, _ => None
      end
    | _, _, _, _, _, _, _ => None
    end
  | None => None
  end.
