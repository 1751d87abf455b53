import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Capture, isOpen, may, mayStop, type State } from '../../src/capture/capture.ts';

describe("the states' table", () => {
  test('lets only what starts or runs be stopped, and only what has not ended be ended', () => {
    const table: Record<State, { stop: boolean; end: boolean }> = {
      starting: { stop: true, end: true },
      running: { stop: true, end: true },
      stopping: { stop: false, end: true },
      stopped: { stop: false, end: false },
      finished: { stop: false, end: false },
      cancelled: { stop: false, end: false },
      died: { stop: false, end: false },
      failed: { stop: false, end: false },
    };
    for (const [state, allowed] of Object.entries(table) as [State, { stop: boolean; end: boolean }][]) {
      const capture = { state } as Capture;
      assert.deepEqual({ stop: may.stop(capture), end: may.end(capture) }, allowed, state);
      assert.equal(isOpen(state), allowed.end);
    }
  });

  test('lets a lead stop anyone, an analyst what is theirs or what they ordered, a viewer nothing', () => {
    const capture = { analyst: 'will', orderedBy: 'grant' } as Capture;
    assert.equal(mayStop({ name: 'ada', role: 'lead' }, capture), true);
    assert.equal(mayStop({ name: 'will', role: 'analyst' }, capture), true);
    assert.equal(mayStop({ name: 'grant', role: 'analyst' }, capture), true);
    assert.equal(mayStop({ name: 'ada', role: 'analyst' }, capture), false);
    assert.equal(mayStop({ name: 'will', role: 'viewer' }, capture), false);
  });
});
