// Polars or ClickHouse behind a pipe: requests and answers are lines of JSON, as Child.java says.
// Arguments: the package's name. CPU-seconds are those of the whole process, all threads.
'use strict';
const fs = require('fs');
const path = require('path');
const readline = require('readline');

const peers = {
  // One SQL statement.
  chdb() {
    const { query } = require('chdb');
    return {
      version: query('SELECT version()', 'TSV').trim(),
      convert: (request) => query(request.sql, 'TSV'),
    };
  },
  // The whole input as one frame, cut into a frame per partition.
  'nodejs-polars'() {
    const pl = require('nodejs-polars');
    const type = (t) => {
      if (t.fields) {
        return pl.Struct(Object.fromEntries(t.fields.map((f) => [f.name, type(f.type)])));
      }
      if (t.items) return pl.List(type(t.items));
      return t.name === 'Datetime' ? pl.Datetime('us') : pl[t.name];
    };
    const part = (frame, level) => {
      let value = pl.col(level.path[0]);
      for (const name of level.path.slice(1)) value = value.struct.field(name);
      if (level.unit) value = value.dt[level.unit]();
      return frame.withColumns(value.alias(level.column));
    };
    return {
      version: require('nodejs-polars/package.json').version,
      convert(request) {
        const schema = Object.fromEntries(request.schema.fields.map((f) => [f.name, type(f.type)]));
        let frame = pl.scanJson(request.input, { schema }).collectSync();
        for (const level of request.partitions) frame = part(frame, level);
        const columns = request.partitions.map((level) => level.column);
        for (const one of frame.partitionBy(columns, false, true)) {
          const names = columns.map((c) => `${c}=${one.getColumn(c).get(0)}`);
          const folder = path.join(request.folder, ...names);
          fs.mkdirSync(folder, { recursive: true });
          one
            .drop(...columns)
            .writeParquet(path.join(folder, 'part.parquet'), { compression: request.codec });
        }
      },
    };
  },
};

const peer = peers[process.argv[2]]();
const say = (object) => process.stdout.write(JSON.stringify(object) + '\n');
say({ version: peer.version });
readline.createInterface({ input: process.stdin }).on('line', (line) => {
  try {
    const request = JSON.parse(line);
    const cpu = process.cpuUsage();
    const wall = process.hrtime.bigint();
    peer.convert(request);
    const used = process.cpuUsage(cpu);
    say({
      cpu: (used.user + used.system) / 1e6,
      wall: Number(process.hrtime.bigint() - wall) / 1e9,
    });
  } catch (e) {
    say({ error: String(e) });
  }
});
