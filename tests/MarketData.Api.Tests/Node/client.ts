// Calls the API through a client that was generated from its document; what does not fit the document does not compile.
import createClient from 'openapi-fetch';
import type { paths, components } from './api.js';

declare const process: { argv: string[]; exitCode?: number };

const [, , baseUrl = '', key = ''] = process.argv;
const client = createClient<paths>({ baseUrl, headers: { 'X-API-Key': key } });

function must<T>(value: T | undefined, error: unknown): T {
  if (value === undefined) throw new Error(`The call failed: ${JSON.stringify(error)}`);
  return value;
}

const added = await client.POST('/api/v1/admin/symbols', { body: { symbol: 'gen', asset_class: 'stock', timeframes: ['1d'] } });
const symbols = await client.GET('/api/v1/symbols', { params: { query: { search: 'gen' } } });
const page = await client.GET('/api/v1/historical/{symbol}', {
  params: { path: { symbol: 'BTC-USD' }, query: { timeframe: '1h', limit: 2, features: ['true'] } },
});
const body = must(page.data, page.error);
// The document offers text formats beside JSON.
if (typeof body === 'string') throw new Error(`Text came where JSON was asked for: ${body}`);
const candle: components['schemas']['Candle'] | undefined = body.candles[0];
const csv = await client.GET('/api/v1/historical/{symbol}', {
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
  sma: candle?.features?.['sma_20'],
  lines: must(csv.data as unknown as string | undefined, csv.error).trim().split('\n').length,
  run: must(run.data, run.error).trigger,
  refused: [refused.error?.status, Object.keys(refused.error?.errors ?? {})],
  missing: missing.error?.status,
  scheduler,
}));
