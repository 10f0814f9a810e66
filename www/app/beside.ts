/** The figure, which stays in sight beside the view that is read, where both are side by side. */

/**
 * Lets `figure` stay as the page scrolls. Where it is taller than the window, its lower end does:
 * `base.css` needs its height for that.
 */
export function stayBeside(figure: HTMLElement) {
  new ResizeObserver(() => figure.style.setProperty('--height', `${figure.offsetHeight}px`)).observe(figure);
}
