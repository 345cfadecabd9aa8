import Foundation
import JSON

/// What a text says, whoever read it. Strings are UTF-8, since `String` calls different bytes equal.
indirect enum Tree: Equatable {
    case object([[UInt8]: Tree])
    case array([Tree])
    case string([UInt8])
    case number(Float)  // Foundation rounds the last digits of a Double otherwise than strtod does
    case bool(Bool)
    case null

    /// Nil when a name is repeated or a number is beyond Double: there the readers may differ.
    init?(_ value: JSONValue, in bytes: Span<UInt8>) {
        switch value.kind {
        case .object:
            guard let members = Tree.members(of: value, in: bytes) else { return nil }
            self = .object(members)
        case .array:
            var elements: [Tree?] = []
            value.forEachElement(in: bytes) { element in
                elements.append(Tree(element, in: bytes))
                return true
            }
            guard !elements.contains(nil) else { return nil }
            self = .array(elements.compactMap(\.self))
        case .string: self = .string(Tree.text(value, in: bytes))
        case .number:
            guard let number = value.number(in: bytes) else { return nil }
            self = .number(Float(number))
        case .bool: self = .bool(value.bool(in: bytes) == true)
        case .null: self = .null
        }
    }

    /// From what Foundation's decoder answers.
    init?(_ value: Any) {
        switch value {
        case let members as [String: Any]:
            self = .object(
                Dictionary(
                    uniqueKeysWithValues: members.compactMap { name, value in
                        Tree(value).map { (Array(name.utf8), $0) }
                    }
                )
            )
        case let elements as [Any]: self = .array(elements.compactMap { Tree($0) })
        case let text as String: self = .string(Array(text.utf8))
        case is NSNull: self = .null
        case let number as NSNumber:
            self = Tree.isBool(number) ? .bool(number.boolValue) : .number(number.floatValue)
        default: return nil
        }
    }

    private static func members(of value: JSONValue, in bytes: Span<UInt8>) -> [[UInt8]: Tree]? {
        var members: [[UInt8]: Tree] = [:]
        var isComplete = true
        value.forEachMember(in: bytes) { name, value in
            let tree = Tree(value, in: bytes)
            isComplete =
                members.updateValue(tree ?? .null, forKey: text(name, in: bytes)) == nil && tree != nil
            return isComplete
        }
        return isComplete ? members : nil
    }

    private static func text(_ value: JSONValue, in bytes: Span<UInt8>) -> [UInt8] {
        var buffer: [UInt8] = []
        _ = value.appendUnescaped(in: bytes, to: &buffer)
        return buffer
    }

    private static func isBool(_ number: NSNumber) -> Bool {
        unsafe String(cString: number.objCType) == "c"
    }
}
