(** A safetensors file, byte by byte, and the weights that it holds. To be read by people, like
    [Model.v].

    Such a file is the length of its header in 8 bytes, the header, which is a JSON object, and then
    the numbers of all tensors. The header says of each tensor what kind of numbers it has, its
    shape, and where its numbers begin and end. *)

Require Import ZArith List Ascii String Bool Lia.
Require Import Weights Sha256.
Import ListNotations.
Open Scope Z_scope.

(** A file whose numbers are all float32: its header as a text, and the words after it. *)
Record file := File { header : string; words : list Z }.

(** The [k] bytes of a number, the least significant byte first. *)
Definition little_endian (k : nat) (x : Z) : list Z := rev (to_big_endian k x).

Definition bytes (F : file) : list Z :=
  little_endian 8 (Z.of_nat (String.length (header F))) ++ bytes_of (header F)
  ++ flat_map (little_endian 4) (words F).

(** * The part of JSON that such headers use

    Texts keep their escapes as they are written. Numbers are whole and not negative. Whatever else
    JSON has is refused: the parser returns [None]. *)

Inductive json :=
  | Text (s : string)
  | Number (n : Z)
  | Items (l : list json)
  | Fields (l : list (string * json)).

Open Scope char_scope.

Definition is_space (c : ascii) : bool :=
  existsb (Ascii.eqb c) [" "; "009"; "010"; "013"].

Fixpoint skip_spaces (s : list ascii) : list ascii :=
  match s with c :: more => if is_space c then skip_spaces more else s | [] => [] end.

(** The rest of a text up to its quotation mark, and what follows that. *)
Fixpoint text (s : list ascii) : option (list ascii * list ascii) :=
  match s with
  | """" :: more => Some ([], more)
  | "\" :: c :: more =>
    option_map (fun found => ("\" :: c :: fst found, snd found)) (text more)
  | c :: more => option_map (fun found => (c :: fst found, snd found)) (text more)
  | [] => None
  end.

Definition digit (c : ascii) : option Z :=
  let n := Z.of_N (N_of_ascii c) in
  if ((48 <=? n) && (n <=? 57))%Z then Some (n - 48)%Z else None.

(** A number that goes on from [n]. *)
Fixpoint number (n : Z) (s : list ascii) : Z * list ascii :=
  match s with
  | c :: more => match digit c with Some x => number (10 * n + x)%Z more | None => (n, s) end
  | [] => (n, s)
  end.

(** A value, and what follows it; [fuel] bounds how deep the parser goes. *)
Fixpoint value (fuel : nat) (s : list ascii) : option (json * list ascii) :=
  match fuel with
  | O => None
  | S fuel =>
    match skip_spaces s with
    | """" :: more =>
      option_map (fun found => (Text (string_of_list_ascii (fst found)), snd found)) (text more)
    | "[" :: more =>
      match skip_spaces more with
      | "]" :: more => Some (Items [], more)
      | _ => option_map (fun found => (Items (fst found), snd found)) (items fuel more)
      end
    | "{" :: more =>
      match skip_spaces more with
      | "}" :: more => Some (Fields [], more)
      | _ => option_map (fun found => (Fields (fst found), snd found)) (fields fuel more)
      end
    | c :: more =>
      option_map (fun x => let (n, rest) := number x more in (Number n, rest)) (digit c)
    | [] => None
    end
  end
with items (fuel : nat) (s : list ascii) : option (list json * list ascii) :=
  match fuel with
  | O => None
  | S fuel =>
    match value fuel s with
    | Some (x, rest) =>
      match skip_spaces rest with
      | "," :: more => option_map (fun found => (x :: fst found, snd found)) (items fuel more)
      | "]" :: more => Some ([x], more)
      | _ => None
      end
    | None => None
    end
  end
with fields (fuel : nat) (s : list ascii) : option (list (string * json) * list ascii) :=
  match fuel with
  | O => None
  | S fuel =>
    match value fuel s with
    | Some (Text name, rest) =>
      match skip_spaces rest with
      | ":" :: more =>
        match value fuel more with
        | Some (x, rest) =>
          match skip_spaces rest with
          | "," :: more =>
            option_map (fun found => ((name, x) :: fst found, snd found)) (fields fuel more)
          | "}" :: more => Some ([(name, x)], more)
          | _ => None
          end
        | None => None
        end
      | _ => None
      end
    | _ => None
    end
  end.

Close Scope char_scope.
Local Open Scope string_scope.
Local Open Scope Z_scope.

(** All of a text, as one value. *)
Definition parse (s : string) : option json :=
  match value (String.length s) (list_ascii_of_string s) with
  | Some (x, rest) => match skip_spaces rest with [] => Some x | _ => None end
  | None => None
  end.

(** * Tensors *)

(** A tensor of the header: its name, its shape, and where its words begin and end. *)
Record tensor := Tensor { name : string; shape : list Z; first : Z; after : Z }.

Fixpoint all {A B : Type} (f : A -> option B) (l : list A) : option (list B) :=
  match l with
  | [] => Some []
  | x :: more =>
    match f x, all f more with Some y, Some ys => Some (y :: ys) | _, _ => None end
  end.

Definition whole_number (x : json) : option Z := match x with Number n => Some n | _ => None end.
Definition is_named {A : Type} (wanted : string) (field : string * A) : bool :=
  String.eqb (fst field) wanted.

(** The value with a name; [None] unless there is just one. *)
Definition field (l : list (string * json)) (wanted : string) : option json :=
  match filter (is_named wanted) l with [(_, x)] => Some x | _ => None end.

(** An entry of the header as a tensor of float32; offsets are in bytes, four a word. *)
Definition as_tensor (entry : string * json) : option tensor :=
  match snd entry with
  | Fields l =>
    match field l "dtype", field l "shape", field l "data_offsets" with
    | Some (Text dtype), Some (Items sizes), Some (Items [Number begins; Number ends]) =>
      match all whole_number sizes with
      | Some sizes =>
        if String.eqb dtype "F32" && (List.length l =? 3)%nat
           && (begins mod 4 =? 0) && (ends =? begins + 4 * fold_left Z.mul sizes 1)
        then Some (Tensor (fst entry) sizes (begins / 4) (ends / 4))
        else None
      | None => None
      end
    | _, _, _ => None
    end
  | _ => None
  end.

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

(** Whether an entry of the metadata is a text that changes nothing. A name with escapes may stand
    for [config], and is refused. *)
Definition is_comment (entry : string * json) : bool :=
  let is_escape c := Ascii.eqb c "\" in
  match snd entry with
  | Text _ => negb (existsb is_escape (list_ascii_of_string (fst entry)))
  | _ => false
  end.

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

(** The header's metadata, and its tensors in its order. *)
Definition entries (F : file) : option (list (string * json) * list tensor) :=
  match parse (header F) with
  | Some (Fields l) =>
    let (metadata, others) := partition (is_named "__metadata__") l in
    option_map (fun tensors => (metadata, tensors)) (all as_tensor others)
  | _ => None
  end.

(** The words of the tensor with a name; [None] unless there is just one such tensor. *)
Definition find (F : file) (l : list tensor) (wanted : string) : option (list Z * list Z) :=
  match filter (fun t => String.eqb (name t) wanted) l with
  | [t] => Some (shape t, firstn (Z.to_nat (after t - first t)) (skipn (Z.to_nat (first t)) (words F)))
  | _ => None
  end.

(** The words of the bias with a name and a shape; none where the file does not have it. *)
Definition find_bias (F : file) (l : list tensor) (wanted : string) (shape : list Z) : option (list Z) :=
  if existsb (fun t => String.eqb (name t) wanted) l then
    match find F l wanted with
    | Some (found, words) =>
      if (List.length found =? List.length shape)%nat
         && forallb (fun sizes => fst sizes =? snd sizes) (combine found shape)
      then Some words else None
    | None => None
    end
  else Some [].

(** How many words the tensors have in all. *)
Definition total (l : list tensor) : Z := fold_left (fun sum t => sum + (after t - first t)) l 0.

Definition size (x : Z) : nat := Z.to_nat x.

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
