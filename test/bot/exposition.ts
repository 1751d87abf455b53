import assert from 'node:assert/strict';

/** A text in Prometheus's format 0.0.4, read strictly: name and labels of each sample as written, with its value. */
export function samplesIn(text: string): ReadonlyMap<string, number> {
  const samples = new Map<string, number>();
  const types = new Map<string, string>();
  assert.ok(text.endsWith('\n'), 'the last line is whole');
  for (const line of text.split('\n')) {
    if (line === '' || /^# HELP [a-z_0-9]+ [^\\]+$/.test(line)) continue;
    const [, typed, type] = /^# TYPE ([a-z_0-9]+) (counter|gauge|histogram)$/.exec(line) ?? [];
    if (typed !== undefined && type !== undefined) {
      assert.ok(!types.has(typed), `${typed} is there twice`);
      types.set(typed, type);
      continue;
    }
    const [, name = '', labels = '', value] =
      /^([a-z_0-9]+)(\{[a-z]+="[^"\\]*"(?:,[a-z]+="[^"\\]*")*\})? (\S+)$/.exec(line) ?? [];
    assert.ok(value !== undefined && Number.isFinite(Number(value)), `no sample: ${line}`);
    const family = types.has(name) ? name : name.replace(/_(?:bucket|sum|count)$/, '');
    assert.equal(types.get(family) === 'histogram', family !== name, `${name} under ${family}`);
    assert.equal(types.get(family) === 'counter', name.endsWith('_total'), `what ${name} is`);
    assert.ok(!samples.has(name + labels), `${name}${labels} is there twice`);
    samples.set(name + labels, Number(value));
  }
  return samples;
}
