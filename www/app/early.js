// Runs before the first frame, so that nothing moves afterwards: says what of the address decides
// where everything stands, and fetches what is shown. `main.ts` reads the same fields with care,
// and says what is wrong with them.
{
  const fields = new URLSearchParams(location.search);
  const { classList } = document.documentElement;
  classList.toggle('projected', ['', '1'].includes(fields.get('projected') ?? '0'));
  classList.toggle('exercising', fields.has('exercise') || fields.has('set') || document.querySelector('meta[name="compact-proofs-set"]') !== null);
  // What the page of the first task shows at first; the program, which would ask for it, arrives
  // later. Another task's page asks for its own.
  const task = fields.get('task');
  if (task === null) {
    const href = './models/max-of-k/first-paint.json';
    document.head.append(Object.assign(document.createElement('link'), { rel: 'preload', as: 'fetch', crossOrigin: '', href }));
  } else document.documentElement.dataset.task = task;
}
