// Calls the API through a client that was generated from its document; what does not fit the document does not compile.
import createClient from 'openapi-fetch';
import type { paths, components } from './api.js';

declare const process: { argv: string[]; exitCode?: number };

const [, , baseUrl = '', key = ''] = process.argv;
// Candles come in text formats too: a client that asks for JSON says so, and has answers typed as JSON alone.
const client = createClient<paths, 'application/json' | 'application/problem+json'>({ baseUrl, headers: { 'X-API-Key': key } });

type Candle = components['schemas']['Candle'];
// True of the same type alone: `any` and `unknown` do not compile.
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;
const same = <A, B>(..._: Same<A, B> extends true ? [] : [never]): void => {};

function must<T>(value: T | undefined, error: unknown): T {
  if (value === undefined) throw new Error(`The call failed: ${JSON.stringify(error)}`);
  return value;
}

const added = await client.POST('/api/v1/admin/symbols', { body: { symbol: 'gen', asset_class: 'stock', timeframes: ['1d'] } });
const symbols = await client.GET('/api/v1/symbols', { params: { query: { search: 'gen' } } });
const page = await client.GET('/api/v1/historical/{symbol}', {
  params: { path: { symbol: 'BTC-USD' }, query: { timeframe: '1h', limit: 2, features: ['true'] } },
});
same<NonNullable<typeof page.data>['candles'], Candle[]>();
same<NonNullable<typeof page.error>['errors'], components['schemas']['Problem']['errors']>();
const candle = must(page.data, page.error).candles[0];
same<typeof candle, Candle | undefined>();
const set = await client.GET('/api/v1/historical', { params: { query: { symbols: ['BTC-USD'], timeframe: '1h', limit: 2 } } });
same<NonNullable<typeof set.data>['candles'], Candle[]>();
const csv = await createClient<paths, 'text/csv'>({ baseUrl, headers: { 'X-API-Key': key } }).GET('/api/v1/historical/{symbol}', {
  params: { path: { symbol: 'BTC-USD' }, query: { timeframe: '1h', limit: 2, format: 'csv' } },
  parseAs: 'text',
});
const triggered = await client.POST('/api/v1/enrichment/trigger', { body: { symbols: ['GEN'] } });
const run = await client.GET('/api/v1/enrichment/runs/{job_id}', { params: { path: { job_id: must(triggered.data, triggered.error).job_id } } });
const refused = await client.GET('/api/v1/enrichment/history', { params: { query: { limit: 501 } } });
const missing = await client.GET('/api/v1/enrichment/dashboard/job-status/{symbol}', { params: { path: { symbol: 'NOBODY' } } });
const overview = await client.GET('/api/v1/enrichment/dashboard/overview');

const scheduler: string = must(overview.data, overview.error).scheduler_status;
console.log(JSON.stringify({
  added: must(added.data, added.error).symbol,
  found: must(symbols.data, symbols.error).total,
  close: candle?.close,
  of: must(set.data, set.error).candles.map(one => one.symbol),
  sma: candle?.features?.['sma_20'],
  lines: must(csv.data, csv.error).trim().split('\n').length,
  run: must(run.data, run.error).trigger,
  refused: [refused.error?.status, Object.keys(refused.error?.errors ?? {})],
  missing: missing.error?.status,
  scheduler,
}));
