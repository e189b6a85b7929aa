// Reads a Parquet file or an Arrow stream and prints its columns and rows as JSON: what another implementation sees in it.
import { readFileSync } from 'node:fs';
import { tableFromIPC } from 'apache-arrow';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';

const [format, path] = process.argv.slice(2);
const bytes = readFileSync(path);

async function parquet() {
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const metadata = parquetMetadata(file);
  const columns = metadata.schema.slice(1).map(column => column.name);
  const facts = metadata.key_value_metadata?.find(one => one.key === 'marketdata')?.value;
  return { columns, facts, rows: await parquetReadObjects({ file }) };
}

function arrow() {
  const table = tableFromIPC(bytes);
  const rows = [];
  for (const row of table)
    rows.push({ ...row.toJSON(), timestamp: new Date(Number(row.timestamp)) });
  return { columns: table.schema.fields.map(field => field.name), facts: table.schema.metadata.get('marketdata'), rows };
}

const plain = (_, value) => (typeof value === 'bigint' ? Number(value) : value);
console.log(JSON.stringify(format === 'parquet' ? await parquet() : arrow(), plain));
