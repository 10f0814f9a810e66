/**
 * Marks by xAPI (Tin Can): statements that are sent to the address that an LMS has put into the
 * lesson's own, after `?`: `endpoint`, `auth`, `actor`, and perhaps `registration` and
 * `activity_id`.
 */

import type { Gradebook, Item, Report } from './gradebook.js';
import { t } from '../../languages/language.js';

const VERSION = '1.0.3';
const STATE = 'lesson';
const VERBS = 'http://adlnet.gov/expapi/verbs/';
const INTERACTION = 'http://adlnet.gov/expapi/activities/cmi.interaction';

/** What an LMS says at the start. */
export interface Launch {
  endpoint: string;
  auth: string;
  /** The student as xAPI describes one. */
  actor: Record<string, unknown>;
  registration: string | undefined;
  /** Address that stands for this lesson in statements. */
  activity: string;
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/**
 * A part of an actor: some LMSs put each into a list, as the first version of the standard had it.
 */
const first = (value: unknown): unknown => (Array.isArray(value) ? value[0] : value);

/**
 * What the address of a lesson says; undefined where no LMS speaks. `activity` is meant if the LMS
 * names none.
 */
export function launchOf(search: string, activity: string): Launch | undefined {
  const fields = new URLSearchParams(search);
  const actor = parsed(fields.get('actor') ?? '');
  const endpoint = fields.get('endpoint');
  if (!endpoint || !actor || typeof actor !== 'object') return undefined;
  return {
    endpoint: endpoint.endsWith('/') ? endpoint : `${endpoint}/`,
    auth: fields.get('auth') ?? '',
    actor: Object.fromEntries(Object.entries(actor).map(([name, value]) => [name, first(value)])),
    registration: fields.get('registration') ?? undefined,
    activity: fields.get('activity_id') || activity,
  };
}

class Xapi implements Gradebook {
  readonly name = 'xAPI';
  readonly student: string;
  readonly studentId: string;
  readonly #launch: Launch;
  readonly #fetch: typeof fetch;
  kept = '';
  /** What has been said, so that nothing is said twice. */
  readonly #said = new Set<string>();

  constructor(launch: Launch, ask: typeof fetch) {
    [this.#launch, this.#fetch] = [launch, ask];
    this.student = typeof launch.actor['name'] === 'string' ? launch.actor['name'] : '';
    this.studentId = JSON.stringify(launch.actor);
  }

  async start() {
    const response = await this.#send('GET', this.#state());
    this.kept = response.ok ? await response.text() : '';
    await this.#say('initialized');
  }

  async report({ kept, score, isComplete, items, seconds }: Report) {
    await this.#checked('PUT', this.#state(), kept, 'text/plain');
    for (const item of items) await this.#answered(item);
    const duration = seconds === undefined ? {} : { duration: `PT${Math.round(seconds)}S` };
    const result = { score: { scaled: score, raw: 100 * score, min: 0, max: 100 }, completion: isComplete, ...duration };
    if (isComplete) await this.#say('completed', result);
  }

  close() {
    void this.#say('terminated').catch(() => {});
  }

  #answered({ id, title, said, isRight }: Item) {
    const definition = { name: { en: title }, type: INTERACTION, interactionType: 'fill-in' };
    return this.#say('answered', { response: said, success: isRight }, { id: `${this.#launch.activity}/${id}`, definition });
  }

  #say(verb: string, result?: object, object: object = { id: this.#launch.activity }): Promise<void> {
    const { actor, registration } = this.#launch;
    const context = registration === undefined ? undefined : { registration };
    const text = JSON.stringify({
      actor,
      verb: { id: VERBS + verb, display: { en: verb } },
      object: { objectType: 'Activity', ...object },
      result,
      context,
    });
    if (this.#said.has(text)) return Promise.resolve();
    this.#said.add(text);
    return this.#checked('POST', 'statements', text, 'application/json').catch((error: unknown) => {
      this.#said.delete(text);
      throw error;
    });
  }

  #state(): string {
    const { activity, actor, registration } = this.#launch;
    const fields = { activityId: activity, agent: JSON.stringify(actor), stateId: STATE, ...(registration && { registration }) };
    return `activities/state?${new URLSearchParams(fields)}`;
  }

  async #checked(method: string, path: string, body: string, type: string) {
    const response = await this.#send(method, path, body, type);
    if (!response.ok)
      throw new Error(t`xAPI: the learning platform has not taken the marks (HTTP ${response.status}). Hand in the lesson’s link instead.`);
  }

  async #send(method: string, path: string, body?: string, type?: string): Promise<Response> {
    const { endpoint, auth } = this.#launch;
    const headers = { 'X-Experience-API-Version': VERSION, ...(auth && { Authorization: auth }), ...(type && { 'Content-Type': type }) };
    // What is sent when the page is left still arrives.
    const asked = this.#fetch(endpoint + path, { method, headers, keepalive: method !== 'GET', ...(body !== undefined && { body }) });
    return asked.catch(() => {
      const host = new URL(endpoint, document.baseURI).host;
      throw new Error(t`xAPI: ${host} cannot be asked from this page. Use a package that was made for it, or hand in the lesson’s link.`);
    });
  }
}

/**
 * The gradebook that an LMS has named at the start. Rejects with an `Error` if it does not answer.
 */
export async function xapiAt(launch: Launch, ask: typeof fetch = (...args) => fetch(...args)): Promise<Gradebook> {
  const gradebook = new Xapi(launch, ask);
  await gradebook.start();
  return gradebook;
}
