/**
 * The same methods, with whatever they throw put into other words: at once, from a promise, or out of an iterable where it is read.
 * @param reworded the error to throw instead
 */
export function wordedAs<Methods extends object>(methods: Methods, reworded: (error: unknown) => unknown): Methods {
  const worded = Object.entries(methods).map(([name, method]) => [
    name,
    typeof method === 'function' ? wordedCall(method as Call, reworded) : method,
  ]);
  return Object.fromEntries(worded) as Methods;
}

type Call = (...args: readonly unknown[]) => unknown;

function wordedCall(method: Call, reworded: (error: unknown) => unknown): Call {
  return (...args) => {
    try {
      const result = method(...args);
      if (result instanceof Promise) return result.catch((error: unknown) => Promise.reject(reworded(error)));
      return isIterable(result) ? wordedSteps(result, reworded) : result;
    } catch (error) {
      throw reworded(error);
    }
  };
}

async function* wordedSteps(steps: AsyncIterable<unknown>, reworded: (error: unknown) => unknown) {
  try {
    yield* steps;
  } catch (error) {
    throw reworded(error);
  }
}

function isIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
