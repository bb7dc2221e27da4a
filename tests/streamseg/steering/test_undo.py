"""Going back and forth among values."""

from hypothesis import given
from hypothesis import strategies as st

from streamseg.steering.undo import UndoHistory

MOVES = st.lists(st.one_of(st.integers(), st.sampled_from(["undo", "redo"])), max_size=40)


@given(MOVES)
def test_it_goes_back_and_forth_as_over_a_list_of_all_values(moves):
    history, values, at = UndoHistory(-1, limit=100), [-1], 0
    for move in moves:
        if move == "undo":
            assert history.undo() == (at > 0)
            at = max(0, at - 1)
        elif move == "redo":
            assert history.redo() == (at + 1 < len(values))
            at = min(at + 1, len(values) - 1)
        else:
            history.push(move)
            values = [*values[: at + 1], move]
            at += 1
        assert history.current == values[at]
        assert history.previous == (values[at - 1] if at else None)
        assert history.next == (values[at + 1] if at + 1 < len(values) else None)


def test_an_amended_change_is_taken_back_as_one():
    history = UndoHistory("a", limit=5)
    history.push("b")
    history.amend("c")
    assert history.undo()
    assert history.current == "a"
    assert not history.undo()


def test_only_so_many_changes_are_kept():
    history = UndoHistory(0, limit=3)
    for value in range(1, 10):
        history.push(value)
    assert [history.undo() for _ in range(4)] == [True, True, True, False]
    assert history.current == 6
