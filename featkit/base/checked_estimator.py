"""scikit-learn's base of estimators with checks of parameters that cost little, for all estimators of featkit."""

import functools

from sklearn.base import BaseEstimator

from ..parameters import are_satisfied, check_parameters, constraints_of


class CheckedEstimator(BaseEstimator):
    """scikit-learn's base, with parameters checked by constraints made once for the class, and short messages."""

    @classmethod
    def _get_param_names(cls) -> list[str]:
        kind: type = cls
        return list(_parameters_of(kind))

    def _validate_params(self) -> None:
        kind: type = type(self)
        if not are_satisfied(kind, vars(self)):
            known = constraints_of(kind)
            values = {name: value for name, value in self.get_params(deep=False).items() if name in known}
            check_parameters(kind, **values)


@functools.cache
def _parameters_of(kind: type) -> tuple[str, ...]:
    """Names of the parameters; scikit-learn would read them in the constructor at every look at their values."""
    return tuple(BaseEstimator._get_param_names.__func__(kind))
