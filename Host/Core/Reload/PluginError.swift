/// A plugin that the host will not run: `libGG.so: there is no patchbay note in it; add …`
package struct PluginError: Error, Equatable, CustomStringConvertible {
    package let path: String
    package let sentence: String  // what is wrong; what to do

    package init(path: String, _ sentence: String) {
        self.path = path
        self.sentence = sentence
    }

    package var description: String { "\(path): \(sentence)" }
}
