/**
 * Shows one slide at a time: arrow keys, Page Up and Page Down, Home, End and two buttons turn
 * them. The address names the slide.
 */

const slides = [...document.querySelectorAll('section')];
const [back, next, at] = ['back', 'next', 'at'].map((id) => document.getElementById(id));

const current = () => Math.max(slides.findIndex(({ id }) => `#${id}` === location.hash), 0);

function show() {
  const index = current();
  for (const [i, slide] of slides.entries()) slide.hidden = i !== index;
  back.disabled = index === 0;
  next.disabled = index === slides.length - 1;
  at.value = `${index + 1} of ${slides.length}`;
  document.title = slides[index].querySelector('h1').textContent;
}

function turn(index) {
  const slide = slides[Math.min(Math.max(index, 0), slides.length - 1)];
  if (slide !== slides[current()]) location.hash = slide.id;
}

const KEYS = {
  ArrowRight: () => current() + 1,
  ArrowLeft: () => current() - 1,
  PageDown: () => current() + 1,
  PageUp: () => current() - 1,
  Home: () => 0,
  End: () => slides.length - 1,
};

addEventListener('hashchange', show);
addEventListener('keydown', (event) => {
  const { key, target, altKey, ctrlKey, metaKey } = event;
  const index = KEYS[key];
  // A figure has a use of its own for these keys, a browser for those with others.
  if (!index || altKey || ctrlKey || metaKey || target.closest('compact-proofs')) return;
  event.preventDefault();
  turn(index());
});
back.addEventListener('click', () => turn(current() - 1));
next.addEventListener('click', () => turn(current() + 1));
show();
