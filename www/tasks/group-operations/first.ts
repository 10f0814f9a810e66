/** What is shown before the module is here: which model is opened, and that nothing is proven of it yet. */

import type { TaskFacts } from '../../pkg/group.js';
import type { First } from '../task.js';
import { GroupGallery } from './gallery.js';
import { manifest, menus } from './shelf.js';
import type { GroupFacts } from './task.js';

export async function first(): Promise<First> {
  menus();
  const { file, group, order, neurons, total } = new GroupGallery(await manifest()).default;
  const facts: GroupFacts = {
    file,
    group,
    order,
    neurons,
    outputs: order,
    inputs: total,
    right: 0,
    instances: 1,
    read: {},
    readings: [],
    format: 'safetensors',
    bytes: 0,
    sha256: '',
    parameters: 0,
    network: '',
    notes: [],
    metadata: {},
    baseline_flops: order * order * neurons * order,
    classes: [],
    about: [],
    strategies: [],
  };
  // The page's types know the facts of the first task.
  return { facts: facts as TaskFacts as First['facts'], outcomes: [] };
}
