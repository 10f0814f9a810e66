import { alone } from './measure.js';

let thread;
onmessage = async ({ data }) => {
  if (data.module) thread = await alone(data.module);
  if (data.units) postMessage(await thread.run(data.units));
  else if (data.bytes) postMessage(await thread.bytes());
  else postMessage(data.module ? true : await thread.prepare(data.prepare));
};
