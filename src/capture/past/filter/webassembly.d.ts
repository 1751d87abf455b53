/** The part of Node's WebAssembly that the scanner uses: TypeScript knows it only of browsers (WebAssembly JavaScript Interface 2.0). */
declare namespace WebAssembly {
  class Module {
    private readonly compiled;
    constructor(bytes: Uint8Array<ArrayBuffer>);
  }
  class Memory {
    private constructor();
    readonly buffer: ArrayBuffer;
  }
  class Instance {
    constructor(module: Module);
    readonly exports: Readonly<Record<string, unknown>>;
  }
}
