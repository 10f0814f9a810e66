(** A safetensors file, byte by byte: its metadata and its tensors. To be read by people, like
    [Model.v].

    Such a file is the length of its header in 8 bytes, the header, which is a JSON object, and then
    the numbers of all tensors. The header says of each tensor what kind of numbers it has, its
    shape, and where its numbers begin and end. *)

Require Import ZArith List Ascii String Bool Lia.
Require Import Sha256.
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

(** Whether an entry of the metadata is a text that changes nothing. A name with escapes may stand
    for [config], and is refused. *)
Definition is_comment (entry : string * json) : bool :=
  let is_escape c := Ascii.eqb c "\" in
  match snd entry with
  | Text _ => negb (existsb is_escape (list_ascii_of_string (fst entry)))
  | _ => false
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
