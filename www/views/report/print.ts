/**
 * What is printed: every view that has been opened, in full, in light colours, with the address.
 */

const header = () => document.querySelector<HTMLElement>('.bar');

/**
 * From now on, prepares the page for paper, and undoes that afterwards. Sends the event `printing`
 * to the window before and after: then figures and views look at the class `printing` of the
 * document.
 */
export function preparePrint() {
  const root = document.documentElement;
  let opened: HTMLDetailsElement[] = [];
  addEventListener('beforeprint', () => {
    root.classList.add('printing');
    header()?.setAttribute('data-address', location.href);
    dispatchEvent(new Event('printing'));
    opened = [...document.querySelectorAll<HTMLDetailsElement>('main details:not([open])')];
    for (const details of opened) details.open = true;
  });
  addEventListener('afterprint', () => {
    for (const details of opened) details.open = false;
    root.classList.remove('printing');
    dispatchEvent(new Event('printing'));
  });
}
