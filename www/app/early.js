// Runs before the first frame, so that nothing moves afterwards: says what of the address decides where everything stands.
// `main.ts` reads the same fields with care, and says what is wrong with them.
{
  const fields = new URLSearchParams(location.search);
  const { classList } = document.documentElement;
  classList.toggle('projected', ['', '1'].includes(fields.get('projected') ?? '0'));
  classList.toggle('exercising', fields.has('exercise') || fields.has('set') || document.querySelector('meta[name="compact-proofs-set"]') !== null);
}
