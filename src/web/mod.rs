//! The WebAssembly boundary: convert, call, convert. No arithmetic here.
//!
//! One boundary for each kind of module: [`read`], [`prove`] and [`check`] for workers, [`plot`] for the page. Which of them a module
//! has, and which families of proofs, `.ci/build-wasm.sh` says. Any panic is the death of its instance; its text is kept for the
//! page, which starts a new worker and hands it the model again.

#[cfg(feature = "check-web")]
pub mod check;
#[cfg(feature = "plot-web")]
pub mod plot;
#[cfg(feature = "prove-web")]
pub mod prove;
#[cfg(feature = "read-web")]
pub mod read;

use js_sys::Error;
use std::cell::RefCell;
use wasm_bindgen::prelude::wasm_bindgen;

thread_local! {
    static LAST_PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Keeps the text of a panic for [`last_panic`], and reports it on the console.
#[wasm_bindgen(start)]
pub fn start() {
    std::panic::set_hook(Box::new(|panic| {
        LAST_PANIC.set(Some(panic.to_string()));
        console_error_panic_hook::hook(panic);
    }));
}

/// Why this instance died, if it did. May be called after a trap.
#[wasm_bindgen(js_name = lastPanic)]
#[must_use]
pub fn last_panic() -> Option<String> {
    LAST_PANIC.with_borrow(Clone::clone)
}

/// The one way out for errors: a JavaScript `Error` with the error's text.
fn into_error(error: impl std::fmt::Display) -> Error {
    Error::new(&error.to_string())
}

/// Plain objects, as JSON would make them.
#[cfg(any(feature = "check-web", feature = "prove-web", feature = "read-web"))]
fn to_js(value: &impl serde::Serialize) -> Result<wasm_bindgen::JsValue, Error> {
    value.serialize(&serde_wasm_bindgen::Serializer::json_compatible()).map_err(into_error)
}

#[cfg(any(feature = "check-web", feature = "prove-web"))]
thread_local! {
    /// Kept: the way to it is three calls of JavaScript, and it is looked at between any two chunks.
    static CLOCK: Option<web_sys::Performance> =
        wasm_bindgen::JsCast::unchecked_into::<web_sys::WorkerGlobalScope>(js_sys::global()).performance();
}

/// The clock of this worker (or page, in tests): `std::time::Instant` panics on wasm32.
#[cfg(any(feature = "check-web", feature = "prove-web"))]
fn milliseconds() -> f64 {
    CLOCK.with(|clock| clock.as_ref().map_or(0.0, web_sys::Performance::now))
}
