// A client written from the documentation alone, over the types generated from its document: pages, limits, problems by code, and events without loss.
import createClient from 'openapi-fetch';
import type { components, paths } from './api.js';

declare const process: { argv: string[]; env: Record<string, string | undefined> };

type Candle = components['schemas']['Candle'];
type Query = NonNullable<paths['/api/v1/historical/{symbol}']['get']['parameters']['query']>;
type Event = { id: string; kind: string; data: string };

const [, , baseUrl = '', symbols = ''] = process.argv;
const client = createClient<paths>({ baseUrl, fetch: patientFetch, headers: { 'X-API-Key': process.env['KEY'] ?? '' } });

// Waits as long as it is told to.
async function patientFetch(request: Request): Promise<Response> {
  for (;;) {
    const answer = await fetch(request.clone());
    if (answer.status !== 429 && answer.status !== 503) return answer;
    const seconds = Number(answer.headers.get('Retry-After'));
    console.error(`waits ${seconds} s`);
    await new Promise(resolve => setTimeout(resolve, seconds * 1000));
  }
}

// Every candle, page by page; the code of the problem when there are none to be had.
async function candles(symbol: string): Promise<Candle[] | string> {
  const all: Candle[] = [];
  let query: Query = { timeframe: '1d', start: '2024-01-01', end: '2024-09-30', limit: 100 };
  for (;;) {
    const { data, error } = await client.GET('/api/v1/historical/{symbol}', { params: { path: { symbol }, query } });
    if (error) return error.code;
    if (typeof data === 'string') throw new Error('Text came where JSON was asked for.');
    all.push(...data.candles);
    if (data.next_cursor === null) return all;
    query = { ...query, cursor: data.next_cursor };
  }
}

async function* events(lastId?: string): AsyncGenerator<Event | 'open'> {
  const { data, error } = await client.GET('/api/v1/enrichment/events', {
    params: { header: lastId === undefined ? {} : { 'Last-Event-ID': lastId } },
    parseAs: 'stream',
  });
  if (!data) throw new Error(error?.detail ?? 'There is no stream.');
  yield 'open';
  let [id, kind, text, rest] = ['', 'message', '', ''];
  for await (const part of data.pipeThrough(new TextDecoderStream()) as unknown as AsyncIterable<string>) {
    const lines = (rest + part).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [, field = '', value = ''] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
      if (field === 'id') id = value;
      else if (field === 'event') kind = value;
      else if (field === 'data') text += value;
      else if (line === '' && text !== '') {
        yield { id, kind, data: text };
        [kind, text] = ['message', ''];
      }
    }
  }
}

async function trigger(symbol: string): Promise<string> {
  const { data, error } = await client.POST('/api/v1/enrichment/trigger', { params: { query: { symbols: [symbol] } } });
  if (!data) throw new Error(error.detail ?? error.title ?? 'The trigger was refused.');
  return data.job_id;
}

// The runs that are heard of until one is, and the id to go on after. The stream is left there.
async function runsUntil(lastId: string | undefined, run: () => Promise<string>): Promise<{ heard: string[]; id: string; run: string }> {
  const heard: string[] = [];
  let wanted = '';
  for await (const event of events(lastId)) {
    if (event === 'open') wanted = await run();
    else if (event.kind === 'run') {
      heard.push((JSON.parse(event.data) as { job_id: string }).job_id);
      if (heard.at(-1) === wanted) return { heard, id: event.id, run: wanted };
    }
  }
  throw new Error('The stream ended.');
}

const [read, skipped]: [Record<string, [string, number][]>, Record<string, string>] = [{}, {}];
for (const symbol of symbols.split(',')) {
  const answer = await candles(symbol);
  if (typeof answer !== 'string') read[symbol] = answer.map(candle => [candle.timestamp, candle.close]);
  else if (answer === 'symbol_not_tracked') skipped[symbol] = answer;
  else throw new Error(answer);
}

const before = await runsUntil(undefined, () => trigger('AAPL'));
const missed = await trigger('MSFT');
const after = await runsUntil(before.id, () => Promise.resolve(missed));
console.log(JSON.stringify({ read, skipped, first: before.run, missed, before: before.heard, after: after.heard }));
