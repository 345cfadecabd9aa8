/// `NAME VALUE… ;` or `NAME VALUE… { … }`, not yet understood.
struct ConfigurationDirective {
    let name: ConfigurationWord
    let values: [ConfigurationWord]
    var block: [ConfigurationDirective]?  // nil: it ends with `;`

    var position: SourcePosition { name.position }
}
