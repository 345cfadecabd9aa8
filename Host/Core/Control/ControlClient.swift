/// A command's side of the control socket.
package enum ControlClient {
    /// Asks the server that runs on the state folder, and waits for its answer.
    package static func ask(_ request: ControlRequest, state: String) throws(StartError) -> ControlAnswer {
        let control = try ControlSocket.connect(state: state)
        defer { control.close() }
        control.setTimeout(seconds: 90)
        control.write(request.line())
        guard let line = control.readLine(), let answer = ControlAnswer(line: line) else {
            throw StartError(["the server ended before it answered; see its log"])
        }
        return answer
    }
}
