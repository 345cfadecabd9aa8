import Testing

@testable import Core

@Suite struct TypeTableTests {
    @Test(arguments: [0, 1, 7, 8, 9, 100, 5000])
    func `each type is found at its place, and nothing else`(count: Int) {
        var table = TypeTable()
        let areNew = (0..<count).map { table.insert(Array("type \($0)".utf8)) }
        #expect(areNew == Array(repeating: true, count: count))
        let places = (0..<count).map { table.place(of: Array("type \($0)".utf8).span) }
        #expect(places == Array(0..<count))
        let strangers = ["", "type", "type -1", "type \(count)", "Type 0"]
        #expect(strangers.allSatisfy { table.place(of: Array($0.utf8).span) == nil })
    }

    @Test func `a type is added once`() {
        var table = TypeTable()
        let names: [[UInt8]] = [Array("join".utf8), [], [0]]
        let areNew = (names + names).map { table.insert($0) }
        #expect(areNew == [true, true, true, false, false, false])
        #expect(table.place(of: [UInt8]().span) == 1 && table.place(of: [0].span) == 2)
    }
}
